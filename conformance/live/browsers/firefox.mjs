// Firefox over Marionette: everything that its console service says.

import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import { profileFolder, stopped } from './process.mjs';

const PREFERENCES = {
  'app.update.enabled': false,
  'browser.shell.checkDefaultBrowser': false,
  'browser.startup.homepage_override.mstone': 'ignore',
  'browser.startup.page': 0,
  'datareporting.policy.dataSubmissionEnabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'network.cookie.cookieBehavior': 0, // credentials really travel
  'network.dns.native_https_query': false,
  'toolkit.telemetry.reportingpolicy.firstRun': false,
};

// The listener keeps what it hears until it is asked.
const LISTEN = `
  const heard = (globalThis.corscopeHeard = []);
  Services.console.registerListener({
    observe(message) {
      if (message instanceof Ci.nsIScriptError) {
        heard.push({ line: message.errorMessage, from: message.sourceName });
      }
    },
  });`;
const HEARD = 'return globalThis.corscopeHeard.splice(0);';

export class Firefox {
  name = 'firefox';
  settle = 4;
  #child;
  #profile;
  #socket;
  #waiting = new Map();
  #last = 0;
  #watch;
  #polling;

  constructor(watch) {
    this.#watch = watch;
  }

  async open(url) {
    this.#profile = profileFolder('firefox');
    const port = await freePort();
    const preferences = { ...PREFERENCES, 'marionette.port': port };
    writeFileSync(
      join(this.#profile.path, 'user.js'),
      Object.entries(preferences).map(([name, value]) => `user_pref("${name}", ${JSON.stringify(value)});\n`).join(''),
    );
    const program = process.env.FIREFOX ?? 'firefox-esr';
    const flags = ['--headless', '--marionette', '--remote-allow-system-access', '--no-remote'];
    this.#child = spawn(program, [...flags, '--profile', this.#profile.path, 'about:blank'], { stdio: 'ignore' });
    await this.#connect(port);
    const { capabilities } = await this.#send('WebDriver:NewSession', {
      capabilities: { alwaysMatch: { pageLoadStrategy: 'none', unhandledPromptBehavior: 'ignore' } },
    });
    this.version = `firefox/${capabilities.browserVersion}`;
    await this.#chrome(LISTEN);
    await this.#send('WebDriver:Navigate', { url });
    this.#polling = this.#poll();
  }

  /** Reports what the console said up to now. */
  async flush() {
    for (const seen of (await this.#chrome(HEARD)).value) this.#watch(seen);
  }

  async close() {
    clearTimeout(this.#polling);
    await stopped(this.#child, () => this.#send('Marionette:Quit', { flags: ['eForceQuit'] }).catch(() => {}));
    this.#profile.remove();
  }

  #poll() {
    return setTimeout(async () => {
      await this.flush().catch(() => {});
      this.#polling = this.#poll();
    }, 500);
  }

  async #chrome(script) {
    await this.#send('Marionette:SetContext', { value: 'chrome' });
    const result = await this.#send('WebDriver:ExecuteScript', { script, args: [], newSandbox: false, sandbox: 'system' });
    await this.#send('Marionette:SetContext', { value: 'content' });
    return result;
  }

  async #connect(port) {
    for (const start = Date.now(); ;) {
      try {
        this.#socket = await new Promise((resolve, reject) => {
          const socket = net.connect(port, '127.0.0.1', () => resolve(socket));
          socket.once('error', reject);
        });
        break;
      } catch (error) {
        if (Date.now() - start > 60_000) throw error;
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    }
    this.#socket.on('error', () => {});
    await new Promise((greeted) => {
      let bytes = Buffer.alloc(0);
      this.#socket.on('data', (chunk) => {
        bytes = Buffer.concat([bytes, chunk]);
        for (;;) {
          const colon = bytes.indexOf(':');
          const end = colon + 1 + Number(bytes.subarray(0, colon));
          if (colon < 0 || bytes.length < end) return;
          const message = JSON.parse(bytes.subarray(colon + 1, end).toString('utf8'));
          bytes = bytes.subarray(end);
          if (Array.isArray(message)) this.#receive(message);
          else greeted();
        }
      });
    });
  }

  #send(command, parameters) {
    const id = ++this.#last;
    const text = JSON.stringify([0, id, command, parameters]);
    this.#socket.write(`${Buffer.byteLength(text)}:${text}`);
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }

  #receive([, id, error, result]) {
    const { resolve, reject } = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error) reject(new Error(`${error.error}: ${error.message}`));
    else resolve(result);
  }
}

function freePort() {
  return new Promise((resolve) => {
    const listener = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = listener.address();
      listener.close(() => resolve(port));
    });
  });
}
