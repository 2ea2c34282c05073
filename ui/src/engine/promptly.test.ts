import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Answer, Question } from './promptly';

class Channel {
  static last: Channel;
  onmessage?: (event: { data: Answer }) => void;
  constructor(readonly name: string) {
    Channel.last = this;
  }
}
class Worker {
  static last: Worker;
  asked: Question[] = [];
  onerror?: () => void;
  constructor(_: URL, readonly options: { name: string }) {
    Worker.last = this;
  }
  postMessage(question: Question) {
    this.asked.push(question);
  }
}
const say = (answer: Answer) => Channel.last.onmessage?.({ data: answer });
const reply = (text: string) => ({ status: 200, text });

let promptly: typeof import('./promptly');
beforeEach(async () => {
  vi.useFakeTimers();
  vi.stubGlobal('BroadcastChannel', Channel);
  vi.stubGlobal('Worker', Worker);
  vi.stubGlobal('fetch', async () => new Response('by itself'));
  vi.resetModules();
  promptly = await import('./promptly');
  promptly.prepare();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('the page asks by itself until the worker listens', async () => {
  expect(await promptly.askPromptly('/a', {})).toEqual(reply('by itself'));
  expect(Worker.last.asked).toEqual([]);
  expect(Worker.last.options.name).toBe(Channel.last.name);
});

test('each answer finds its question', async () => {
  say({ number: 0 });
  const first = promptly.askPromptly('/a', {});
  const second = promptly.askPromptly('/b', {});
  const third = promptly.askPromptly('/c', {});
  expect(Worker.last.asked.map((it) => it.path)).toEqual(['/a', '/b', '/c']);
  const [a, b, c] = Worker.last.asked.map((it) => it.number);
  say({ number: b!, reply: reply('b') });
  say({ number: a!, reply: reply('a') });
  say({ number: c! });
  expect([await first, await second]).toEqual([reply('a'), reply('b')]);
  await expect(third).rejects.toThrow('no answer');
});

test.each([
  ['says nothing', () => vi.advanceTimersByTime(10_000)],
  ['has failed', () => Worker.last.onerror?.()],
])('a worker that %s is not asked again', async (_, becomes) => {
  say({ number: 0 });
  const lost = promptly.askPromptly('/a', {});
  becomes();
  await expect(lost).rejects.toThrow('no answer');
  expect(await promptly.askPromptly('/b', {})).toEqual(reply('by itself'));
  expect(Worker.last.asked.length).toBe(1);
});
