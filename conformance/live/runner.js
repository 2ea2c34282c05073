// Runs scenarios one after the other in this page, and reports what a script can see.
//
// One at a time and between two marks in the console, so that lines which name no URL can be told
// apart. Everything else (what was sent, what the console said) is seen from outside.

'use strict';

const LIMIT = 2500; // milliseconds that one request may take

async function main() {
  if (location.pathname === '/opaque') {
    const frame = document.createElement('iframe');
    frame.sandbox = 'allow-scripts';
    frame.src = '/runner';
    document.body.append(frame);
    addEventListener('message', ({ data }) => location.assign(data));
    return;
  }
  for (;;) {
    const next = JSON.parse(await tell('next', { origin: self.origin }));
    if (next.page) {
      if (self.origin === 'null') parent.postMessage(next.page, '*');
      else location.assign(next.page);
      return;
    }
    if (next.done) return;
    await Promise.all((next.sequences ?? []).map(runSequence));
    const results = [];
    for (const { id, request } of next.requests ?? []) {
      mark(`live-begin ${id}`);
      const result = await run(request);
      await pause(next.settle);
      mark(`live-end ${id}`);
      results.push({ id, ...result });
    }
    await tell('results', results);
  }
}

async function tell(path, body) {
  const response = await fetch(new URL(`/live/${path}`, location), { method: 'POST', body: JSON.stringify(body) });
  return response.text();
}

// The steps of a sequence; sequences run side by side, as most of their time is waiting.
async function runSequence({ id, steps }) {
  for (const [index, { wait, request }] of steps.entries()) {
    await pause(wait);
    await tell('step', { id, index });
    await tell('stepped', { id, index, ...(await run(request)) });
  }
}

function mark(text) {
  console.log(text);
  reportError(new Error(text)); // Firefox's console service sees errors, not `console.log`
}

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

function run(request) {
  const ran = request.api === 'xhr' ? runXhr(request) : runFetch(request);
  return Promise.race([ran, pause(LIMIT).then(() => ({ outcome: 'timeout' }))]);
}

function bodyOf(request) {
  const body = request.body;
  if (!body) return undefined;
  const text = body.data ?? '';
  switch (body.type) {
    case 'blob': return new Blob([text], { type: body.content_type ?? '' });
    case 'arraybuffer': return new TextEncoder().encode(text).buffer;
    case 'formdata': { const form = new FormData(); form.append('a', text); return form; }
    case 'urlsearchparams': return new URLSearchParams({ a: text });
    case 'stream': return new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode(text));
        controller.close();
      },
    });
    default: return text;
  }
}

function initOf(request) {
  const init = { method: request.method, headers: request.headers };
  for (const name of ['mode', 'credentials', 'redirect', 'cache', 'integrity', 'keepalive']) {
    if (request[name] !== undefined) init[name] = request[name];
  }
  const body = bodyOf(request);
  if (body !== undefined) init.body = body;
  if (request.body?.type === 'stream') init.duplex = 'half';
  return init;
}

async function runFetch(request) {
  try {
    new Request(request.url, initOf(request)); // its exceptions come before any network
  } catch (error) {
    return { outcome: 'throw', exception: String(error) };
  }
  try {
    const response = await fetch(request.url, initOf(request));
    const kind = response.type;
    const outcome = { opaque: 'opaque', opaqueredirect: 'opaqueredirect' }[kind] ?? 'readable';
    const result = { outcome, status: response.status, response_type: kind };
    result.visible_headers = [...response.headers.keys()];
    await response.text().catch(() => {});
    return result;
  } catch (error) {
    return { outcome: 'error', exception: String(error) };
  }
}

function runXhr(request) {
  return new Promise((resolve) => {
    const xhr = new XMLHttpRequest();
    xhr.onload = () => {
      const lines = xhr.getAllResponseHeaders().split('\r\n').filter(Boolean);
      const names = new Set(lines.map((line) => line.split(':')[0].toLowerCase()));
      resolve({ outcome: 'readable', status: xhr.status, response_type: null, visible_headers: [...names].sort() });
    };
    xhr.onerror = () => resolve({ outcome: 'error' });
    try {
      xhr.open(request.method, request.url);
      xhr.withCredentials = request.credentials === 'include';
      for (const [name, value] of request.headers) xhr.setRequestHeader(name, value);
      if (request.upload_listener) xhr.upload.addEventListener('progress', () => {});
      xhr.send(bodyOf(request) ?? null);
    } catch (error) {
      resolve({ outcome: 'throw', exception: String(error) });
    }
  });
}

addEventListener('DOMContentLoaded', main);
