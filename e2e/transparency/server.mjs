// Serves one suite of cases over HTTP/1.1, HTTPS and HTTP/2, and prints what a browser's page made of
// them. Nothing here depends on the time or on chance: a page that is loaded twice sees the same.
// usage: node server.mjs <key.pem> <chain.pem>
// Out, one JSON a line: {"http": port, "https": port, "h2": port}, then for each run of the page at
// http://localhost:<http>/?run=NAME: {"run": NAME, "seen": {case: …}, "served": {case: […]}}.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import http2 from 'node:http2';
import https from 'node:https';
import { answers } from './answers.mjs';
import { upgrade } from './websocket.mjs';

const [key, cert] = process.argv.slice(2).map((file) => readFileSync(file));
const ports = {};

/** What one run leaves at the server; a page that is loaded begins anew. */
let run = begin();
function begin() {
  return { served: {}, counts: {}, gates: new Map() };
}

const FILES = { '/': 'suite.html', '/suite.js': 'suite.js', '/plain.js': 'plain.js', '/bodies.js': 'bodies.js', '/streams.js': 'streams.js', '/elements.js': 'elements.js', '/tools.js': 'tools.js' };
const TYPES = { html: 'text/html; charset=utf-8', js: 'text/javascript' };

function file(response, name) {
  response.setHeader('Content-Type', TYPES[name.split('.').at(-1)]);
  response.end(readFileSync(new URL(`page/${name}`, import.meta.url)));
}

/** Waits until somebody opens the gate of that name, or has opened it. */
function gate(name) {
  if (!run.gates.has(name)) run.gates.set(name, Promise.withResolvers?.() ?? resolvers());
  return run.gates.get(name);
}

function resolvers() {
  const it = {};
  it.promise = new Promise((resolve) => (it.resolve = resolve));
  return it;
}

// The ports of this run are no part of what is compared, and neither is a form's random boundary.
const steady = (text) =>
  String(text)
    .replaceAll(/(-{4,}(WebKitFormBoundary|geckoformboundary|-{20,}))[0-9A-Za-z]+/g, 'BOUNDARY')
    .replaceAll(/\blocalhost:(\d+)/g, (_, port) => `localhost:${Object.keys(ports).find((it) => ports[it] === Number(port)) ?? port}`);

/** Writes down a request as it arrived. */
function note(name, request, body) {
  const form = /multipart/.test(request.headers['content-type'] ?? '');
  const headers = [];
  for (let at = 0; at < request.rawHeaders.length; at += 2) {
    const [field, value] = request.rawHeaders.slice(at, at + 2);
    // A WebSocket's key is random, and so is the length of the boundary that Firefox puts into a form.
    const changes = field.toLowerCase() === 'sec-websocket-key' || (form && field.toLowerCase() === 'content-length');
    headers.push(`${field}: ${changes ? '…' : steady(value)}`);
  }
  const entry = { method: request.method, url: steady(request.url), version: request.httpVersion, headers };
  if (body.length > 0) {
    const bytes = form ? Buffer.from(steady(body.toString('latin1')), 'latin1') : body;
    entry.body = { bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
  }
  (run.served[name] ??= []).push(entry);
}

async function bodyOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function answer(request, response) {
  const url = new URL(request.url, 'http://localhost');
  if (FILES[url.pathname]) {
    if (url.searchParams.has('run')) run = begin();
    return file(response, FILES[url.pathname]);
  }
  if (url.pathname === '/ports') return response.end(JSON.stringify(ports));
  if (url.pathname === '/report') {
    const seen = JSON.parse(await bodyOf(request));
    console.log(JSON.stringify({ run: url.searchParams.get('run'), seen: JSON.parse(steady(JSON.stringify(seen))), served: run.served }));
    return response.writeHead(204).end();
  }
  const found = answers[url.pathname];
  if (!found) return response.writeHead(404).end();
  response.sendDate = false;
  allow(request, response);
  const name = url.searchParams.get('case') ?? url.pathname;
  const upload = await bodyOf(request).catch(() => Buffer.alloc(0));
  note(name, request, upload);
  if (request.method === 'OPTIONS' && request.headers['access-control-request-method']) {
    response.writeHead(204, {
      'Access-Control-Allow-Methods': 'GET, PUT, PATCH, DELETE, QUERY, patch',
      'Access-Control-Allow-Headers': request.headers['access-control-request-headers'] ?? '',
      'Access-Control-Max-Age': '600',
    });
    return response.end();
  }
  const times = (run.counts[name] = (run.counts[name] ?? 0) + 1);
  return found({ request, response, query: url.searchParams, body: upload, times, gate, note: (text) => (run.served[name] ??= []).push(text) });
}

function allow(request, response) {
  const { origin } = request.headers;
  if (!origin || new URL(request.url, 'http://localhost').searchParams.has('closed')) return;
  response.setHeader('Access-Control-Allow-Origin', origin);
  response.setHeader('Access-Control-Allow-Credentials', 'true');
  response.setHeader('Access-Control-Expose-Headers', 'X-One, X-Two, X-Empty, X-Latin, X-Twice, X-Large-0, X-Large-39, ETag, Content-Range, Accept-Ranges, Content-Encoding, Transfer-Encoding, Connection, Keep-Alive, Trailer, X-Trailer, Server-Timing, Location, Date');
  response.setHeader('Timing-Allow-Origin', '*');
  response.setHeader('Vary', 'Origin');
}

// What a page asks must never end the server.
const safe = (request, response) =>
  answer(request, response).catch((error) => {
    console.error(`${request.method} ${request.url}: ${error.stack}`);
    response.destroy?.();
  });

const limits = { maxHeaderSize: 256 * 1024 };
const servers = {
  http: http.createServer(limits, safe),
  https: https.createServer({ ...limits, key, cert }, safe),
  h2: http2.createSecureServer({ key, cert, allowHTTP1: true, maxHeaderListPairs: 500, settings: { maxHeaderListSize: 256 * 1024 }, ...limits }, safe),
};
for (const [name, server] of Object.entries(servers)) {
  server.on('upgrade', (request, socket) => {
    socket.on('error', () => {}); // a browser may go away at any moment
    note(new URL(request.url, 'http://localhost').searchParams.get('case'), request, Buffer.alloc(0));
    upgrade(request, socket);
  });
  server.on('clientError', (_, socket) => socket.destroy());
  server.on('tlsClientError', () => {});
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  ports[name] = server.address().port;
}
console.log(JSON.stringify(ports));

// Whoever started this holds its standard input: when they are gone, so is the server.
process.stdin.resume().on('end', () => process.exit(0));
