// Answers that do not wait for a frame. After a key press Chromium holds back a page's tasks, the
// arrival of what it fetches among them, until its next frame is drawn: up to 16 ms, all the time that
// a verdict may take. A worker's tasks and what comes on a BroadcastChannel are not held back. So a
// worker asks, and says the answer on a channel (docs/decisions/0020-answers-by-channel.md).

/** What came back, whatever it says. */
export type Reply = { status: number; text: string };
export type Question = { number: number; path: string; init: RequestInit };
/** To the question of that number; 0 says that the worker listens. Without a reply nobody answered. */
export type Answer = { number: number; reply?: Reply };

type Waiting = { resolve: (reply: Reply) => void; reject: (error: Error) => void; timer: number };

/** A worker that has said nothing for so long is not asked again. */
const PATIENCE = 10_000;

class Asker {
  isListening = false;
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #last = 0;

  constructor() {
    // All pages of this origin can hear a channel whose name they know: each has its own.
    const name = crypto.randomUUID();
    new BroadcastChannel(name).onmessage = ({ data }: MessageEvent<Answer>) => this.#take(data);
    this.#worker = new Worker(new URL('./promptly.worker.ts', import.meta.url), { type: 'module', name });
    this.#worker.onerror = () => this.#giveUp();
  }

  ask(path: string, init: RequestInit): Promise<Reply> {
    const number = ++this.#last;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#giveUp(), PATIENCE);
      this.#waiting.set(number, { resolve, reject, timer });
      this.#worker.postMessage({ number, path, init } satisfies Question);
    });
  }

  #take({ number, reply }: Answer): void {
    if (number === 0) this.isListening = true;
    const waiting = this.#waiting.get(number);
    if (!waiting) return;
    this.#waiting.delete(number);
    clearTimeout(waiting.timer);
    if (reply) waiting.resolve(reply);
    else waiting.reject(new TypeError('no answer'));
  }

  #giveUp(): void {
    this.isListening = false;
    for (const number of [...this.#waiting.keys()]) this.#take({ number });
  }
}

let asker: Asker | undefined;

/** Starts what asks promptly. Until it listens, and where it cannot run, the page asks by itself. */
export function prepare(): void {
  asker ??= new Asker();
}

export async function askPromptly(path: string, init: RequestInit): Promise<Reply> {
  return asker?.isListening ? asker.ask(path, init) : received(await fetch(path, init));
}

export const received = async (response: Response): Promise<Reply> => ({
  status: response.status,
  text: await response.text(),
});
