// Chromium over a CDP pipe: its console lines, and the CORS error of each request.

import { spawn } from 'node:child_process';
import { profileFolder, stopped } from './process.mjs';

const FLAGS = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
  '--disable-dev-shm-usage', '--remote-debugging-pipe',
];

export class Chromium {
  name = 'chromium';
  settle = 0;
  #child;
  #profile;
  #waiting = new Map();
  #last = 0;
  #session;
  #watch;
  #urls = new Map();

  /** `watch` gets `{ line }` and `{ code, url }` as they happen. */
  constructor(watch) {
    this.#watch = watch;
  }

  async open(url) {
    this.#profile = profileFolder('chromium');
    const program = process.env.CHROMIUM ?? 'chromium';
    this.#child = spawn(program, [...FLAGS, `--user-data-dir=${this.#profile.path}`, 'about:blank'], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
    });
    let text = '';
    this.#child.stdio[4].setEncoding('utf8').on('data', (chunk) => {
      const messages = (text + chunk).split('\0');
      text = messages.pop();
      for (const message of messages) this.#receive(JSON.parse(message));
    });
    this.version = (await this.#send('Browser.getVersion')).product;
    const { targetId } = await this.#send('Target.createTarget', { url: 'about:blank' });
    this.#session = (await this.#send('Target.attachToTarget', { targetId, flatten: true })).sessionId;
    await this.#follow(this.#session);
    await this.#send('Page.enable', {}, this.#session);
    await this.#send('Page.navigate', { url }, this.#session);
  }

  async close() {
    await stopped(this.#child, () => this.#send('Browser.close').catch(() => {}));
    this.#profile.remove();
  }

  async #follow(session) {
    for (const domain of ['Network', 'Log', 'Runtime']) await this.#send(`${domain}.enable`, {}, session);
    // A sandboxed frame may live in a process of its own.
    await this.#send('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: true, flatten: true }, session);
  }

  #send(method, params = {}, sessionId = undefined) {
    const id = ++this.#last;
    this.#child.stdio[3].write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject, method }));
  }

  #receive({ id, result, error, method, params }) {
    if (id) {
      const { resolve, reject, method } = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error) reject(new Error(`${method}: ${error.message}`));
      else resolve(result);
      return;
    }
    switch (method) {
      case 'Target.attachedToTarget':
        if (params.sessionId !== this.#session) {
          this.#follow(params.sessionId)
            .then(() => this.#send('Runtime.runIfWaitingForDebugger', {}, params.sessionId))
            .catch(() => {}); // the frame is gone
        }
        break;
      case 'Runtime.consoleAPICalled':
        this.#watch({ line: params.args.map((arg) => arg.value ?? arg.description).join(' ') });
        break;
      case 'Log.entryAdded':
        this.#watch({ line: params.entry.text });
        break;
      case 'Network.requestWillBeSent':
        this.#urls.set(params.requestId, params.request.url);
        break;
      case 'Network.loadingFailed':
        if (params.corsErrorStatus) {
          this.#watch({ code: params.corsErrorStatus.corsError, url: this.#urls.get(params.requestId) ?? '' });
        }
        break;
    }
  }
}
