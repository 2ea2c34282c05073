// Asks the engine on a thread of its own, and says the answer on a channel; why, stands in promptly.ts.
import type { Answer, Question } from './promptly';

const own = self as unknown as { name: string; onmessage: (event: MessageEvent<Question>) => void };
const channel = new BroadcastChannel(own.name);
const say = (answer: Answer) => channel.postMessage(answer);

own.onmessage = async ({ data: { number, path, init } }) => {
  try {
    const response = await fetch(path, init);
    say({ number, reply: { status: response.status, text: await response.text() } });
  } catch {
    say({ number });
  }
};
say({ number: 0 });
