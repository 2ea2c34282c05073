// One run of one browser over many scenarios.

import { Console } from './console.mjs';
import { ScenarioServer } from './scenario_server.mjs';

const BATCH = 50;
const PAGES = {
  'http://localhost:8000': 'http://localhost:8000/runner',
  'http://localhost:8002': 'http://localhost:8002/runner',
  null: 'http://localhost:8000/opaque',
};

export class Recording {
  #queues = new Map(); // page origin → documents left
  #documents = new Map();
  #rows = new Map();
  #browser;
  #console;
  #server;
  #finish;

  constructor(documents, Browser) {
    for (const document of documents) {
      const { origin } = document.page;
      if (document.steps?.some((step) => step.page)) throw new Error(`${document.id}: a sequence stays on its page`);
      if (!(origin in PAGES)) throw new Error(`${document.id}: no page of the origin ${origin}`);
      if (!this.#queues.has(origin)) this.#queues.set(origin, []);
      this.#queues.get(origin).push(document);
      this.#documents.set(document.id, document);
    }
    this.#server = new ScenarioServer((path, body) => this.#control(path, JSON.parse(body)));
    this.#browser = new Browser((seen) => this.#console.see(seen));
    this.#console = new Console(this.#browser.name);
  }

  /** Gives each row to `write`, in the order of the scenarios. */
  async run(write) {
    await this.#server.start();
    try {
      const finished = new Promise((resolve) => (this.#finish = resolve));
      await this.#browser.open(PAGES[[...this.#queues.keys()][0]]);
      await finished;
      await new Promise((resolve) => setTimeout(resolve, 300));
      await this.#browser.flush?.();
      for (const document of this.#documents.values()) write(this.#row(document));
    } finally {
      await this.#browser.close();
      this.#server.stop();
    }
  }

  #control(path, body) {
    switch (path) {
      case 'next': return JSON.stringify(this.#next(body.origin));
      case 'step': return this.#step(body);
      case 'stepped': return this.#stepped(body);
      case 'results':
        for (const result of body) this.#rows.set(result.id, { ...result, sent: this.#server.sent(result.id) });
        return '';
    }
    throw new Error(`the page asks for ${path}`);
  }

  #next(origin) {
    const queue = this.#queues.get(origin);
    const documents = queue?.splice(0, BATCH) ?? [];
    if (documents.length > 0) {
      const requests = documents.filter((document) => document.request);
      for (const document of requests) this.#server.play(document.id, document);
      return {
        settle: this.#browser.settle,
        requests: requests.map(({ id, request }) => ({ id, request })),
        sequences: documents.filter((document) => document.steps)
          .map(({ id, steps }) => ({ id, steps: steps.map(({ wait, request }) => ({ wait, request })) })),
      };
    }
    const [left] = [...this.#queues].find(([, queue]) => queue.length > 0) ?? [];
    if (left !== undefined) return { page: PAGES[left] };
    this.#finish();
    return { done: true };
  }

  #step({ id, index }) {
    this.#server.play(id, this.#documents.get(id).steps[index]);
    return '';
  }

  #stepped({ id, index, ...result }) {
    if (index === 0) this.#rows.set(id, { steps: [] });
    const sent = this.#server.sent(id).map(({ url, ...request }) => request);
    this.#rows.get(id).steps.push(rowOf(result, sent));
    return '';
  }

  #row({ id, steps }) {
    const common = { id, browser: this.#browser.name, version: this.#browser.version };
    const result = this.#rows.get(id);
    if (!result) return { ...common, outcome: 'lost' };
    if (steps) return { ...common, ...result };
    return { ...common, ...rowOf(result, result.sent), ...this.#console.of(id) };
  }
}

function rowOf({ outcome, status = null, response_type = null, visible_headers = [] }, sent) {
  return {
    outcome,
    preflighted: sent.some(({ preflight }) => preflight),
    actual_sent: sent.some(({ preflight }) => !preflight),
    status,
    response_type,
    visible_headers,
    sent,
  };
}
