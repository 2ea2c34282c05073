// Answers scenarios byte for byte, and keeps what the browser sent.
//
// A raw socket, because every HTTP library of Node cleans up headers: duplicates, spellings, obs-text
// and folded lines must reach the browser as the scenario writes them.

import net from 'node:net';
import { readFileSync } from 'node:fs';

const BODYLESS = new Set([204, 304]);
const KEPT = ['origin', 'access-control-request-method', 'access-control-request-headers', 'authorization'];
const PAGE_FILES = { '/runner': 'page.html', '/opaque': 'page.html', '/live/runner.js': 'runner.js' };

/** The ports of the recorded scenarios: pages on 8000 and 8002, other servers on 8001 and 8003. */
export const PORTS = [8000, 8001, 8002, 8003];

export class ScenarioServer {
  #scenarios = new Map();
  #sent = new Map();
  #again = new Set();
  #control;
  #listeners = [];
  #sockets = new Set();

  /** `control(path, body)` answers the pages' own requests under `/live/` with a string. */
  constructor(control) {
    this.#control = control;
  }

  async start() {
    for (const port of PORTS) {
      const listener = net.createServer((socket) => this.#serve(socket));
      await new Promise((resolve, reject) => {
        listener.once('error', reject);
        listener.listen(port, '::', resolve); // both 127.0.0.1 and ::1
      });
      this.#listeners.push(listener);
    }
  }

  stop() {
    for (const listener of this.#listeners) listener.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Answers `/t/<id>/…` (or `/s/<id>/…`) from this scenario from now on, and forgets what was sent. */
  play(id, scenario) {
    this.#scenarios.set(id, scenario);
    this.#sent.set(id, []);
    this.#again.delete(id);
  }

  /** The requests that came for a scenario. */
  sent(id) {
    return this.#sent.get(id) ?? [];
  }

  #serve(socket) {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => {});
    let received = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      const end = received.indexOf('\r\n\r\n');
      if (end < 0) return;
      const request = parse(received.subarray(0, end).toString('latin1'));
      const body = received.subarray(end + 4);
      if (!isWhole(request, body)) return;
      received = Buffer.alloc(0);
      this.#answer(socket, request, body.toString('utf8'));
    });
  }

  async #answer(socket, request, body) {
    const path = request.target.split('?')[0];
    const file = PAGE_FILES[path];
    if (file || path.startsWith('/live/')) {
      const text = file
        ? readFileSync(new URL(file, import.meta.url), 'utf8')
        : await this.#control(request.target.slice('/live/'.length), body);
      const type = path.endsWith('.js') ? 'text/javascript' : file ? 'text/html' : 'text/plain';
      const bytes = Buffer.from(text ?? '');
      socket.end(Buffer.concat([
        Buffer.from(`HTTP/1.1 200 OK\r\nContent-Type: ${type}; charset=utf-8\r\nCache-Control: no-store\r\n` +
          `Access-Control-Allow-Origin: *\r\nContent-Length: ${bytes.length}\r\nConnection: close\r\n\r\n`),
        bytes,
      ]));
      return;
    }
    const [, kind, id] = path.split('/');
    const scenario = kind === 't' || kind === 's' ? this.#scenarios.get(id) : undefined;
    if (!scenario) {
      socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
      return;
    }
    const preflight = request.method === 'OPTIONS' && request.headers.has('access-control-request-method');
    const hop = this.#keep(id, request, preflight);
    const response = scenario.responses[hop] ?? scenario.responses.at(-1);
    const answer = preflight ? (response?.preflight ?? scenario.preflight) : response;
    if (!answer || answer.close) {
      this.#again.add(id);
      socket.end();
      return;
    }
    if (answer.status === 421) this.#again.add(id); // asks for a new connection
    socket.end(bytesOf(answer, request.method));
  }

  // Remembers a request and tells which hop it belongs to: the number of answers given before it.
  #keep(id, request, preflight) {
    const headers = {};
    for (const name of KEPT) if (request.headers.has(name)) headers[name] = request.headers.get(name);
    const url = `http://${request.headers.get('host')}${request.target}`;
    const entry = { method: request.method, preflight, headers, url };
    const list = this.#sent.get(id);
    // After a closed connection (or a 421) browsers try again a varying number of times.
    const again = this.#again.delete(id) && JSON.stringify(list.at(-1)) === JSON.stringify(entry);
    if (!again) list.push(entry);
    return list.filter((sent) => !sent.preflight).length - (preflight ? 0 : 1);
  }
}

function parse(head) {
  const [line, ...fields] = head.split('\r\n');
  const [method, target] = line.split(' ');
  const headers = new Map();
  for (const field of fields) {
    const colon = field.indexOf(':');
    const name = field.slice(0, colon).toLowerCase();
    const value = field.slice(colon + 1).trim();
    headers.set(name, headers.has(name) ? `${headers.get(name)}, ${value}` : value);
  }
  return { method, target, headers };
}

function isWhole(request, body) {
  if (request.headers.has('content-length')) return body.length >= Number(request.headers.get('content-length'));
  if (request.headers.has('transfer-encoding')) return body.includes('0\r\n\r\n');
  return true;
}

function bytesOf(answer, method) {
  let head = `HTTP/1.1 ${answer.status} X\r\n`;
  for (const [name, value] of answer.headers) head += `${name}: ${value}\r\n`;
  const body = method === 'HEAD' || BODYLESS.has(answer.status) ? '' : (answer.body ?? '');
  return Buffer.from(`${head}\r\n${body}`, 'latin1');
}
