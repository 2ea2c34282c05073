// Bodies both ways: uploads, ranges, codings, chunks, trailers, what is cut off; by fetch and XHR.
import { HTTP1, add, bodyOf, described, next, noise } from '/tools.js';

add('a large download', ({ get }) => get('/large', { bytes: 3_000_000 }));
add('a small upload', ({ get }) => get('/echo', {}, { method: 'POST', body: '{"a": 1}', headers: { 'Content-Type': 'application/json' } }));
add('an upload of nothing', ({ get }) => get('/echo', {}, { method: 'POST', body: '' }));
add('a large upload', ({ get }) => get('/echo', {}, { method: 'PUT', body: noise(3_000_000) }));
add('a form', ({ get }) => get('/echo', {}, { method: 'POST', body: new URLSearchParams({ a: '1 2', b: 'ä' }) }));
add('a form with a file', ({ get }) => {
  const form = new FormData();
  form.append('text', 'value');
  form.append('file', new File([noise(50_000)], 'nöise.bin', { type: 'application/x-own' }));
  return get('/echo', {}, { method: 'POST', body: form });
});
add('an upload whose length is not known', ({ get }) => {
  const bits = ['one ', 'two ', 'three'];
  const body = new ReadableStream({
    pull(controller) {
      const bit = bits.shift();
      if (bit) controller.enqueue(new TextEncoder().encode(bit));
      else controller.close();
    },
  });
  return get('/echo', {}, { method: 'POST', body, duplex: 'half' });
});

for (const range of ['bytes=0-99', 'bytes=1000-', 'bytes=89999-89999', 'bytes=90000-', 'lines=1-2']) {
  add(`Range: ${range}`, ({ get }) => get('/range', {}, { headers: { Range: range } }));
}

for (const how of ['gzip', 'deflate', 'br', 'zstd', 'twice']) {
  add(`${how} with a length`, ({ get }) => get('/packed', { how, length: '' }));
  add(`${how} without`, ({ get }) => get('/packed', { how }));
}
add('gzip that is cut off', ({ get }) => get('/packed', { how: 'torn', length: '' }));
add('gzip that is none', ({ get }) => get('/packed', { how: 'broken', length: '' }));
add('HEAD of gzip', ({ get }) => get('/packed', { how: 'gzip', length: '' }, { method: 'HEAD' }));

add('trailers', ({ get }) => get('/trailers'));
for (const how of ['odd-chunks', 'trailers']) {
  add(`written by hand: ${how}`, ({ get }) => get('/raw', { how }), HTTP1);
}
for (const how of ['short-body', 'unended-chunks', 'bad-chunk']) {
  add(`broken by hand: ${how}`, ({ get }) => get('/raw', { how }), HTTP1);
}
add('reset in the midst of a body', async ({ at, open }) => {
  const response = await fetch(at('/reset-in-body'));
  await open('head');
  return described(response);
});

/** What XMLHttpRequest makes of it. */
async function xhr(at, path, { method = 'GET', parameters, body, headers = {}, type = '', prepare = () => {} } = {}) {
  const request = new XMLHttpRequest();
  const events = [];
  for (const [where, target] of [['', request], ['upload ', request.upload]]) {
    for (const kind of ['loadstart', 'load', 'error', 'abort', 'timeout', 'loadend']) {
      target.addEventListener(kind, ({ lengthComputable, total }) => events.push(`${where}${kind} ${lengthComputable ? total : '-'}`));
    }
  }
  request.open(method, at(path, parameters));
  request.responseType = type;
  for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
  prepare(request);
  const end = next(request, 'loadend');
  request.send(body);
  await end;
  const { status, statusText, responseURL, readyState } = request;
  const response = type === 'arraybuffer' && request.response ? await bodyOf(request.response) : request.response;
  return { status, statusText, responseURL, readyState, headers: request.getAllResponseHeaders(), response, events };
}

add('XHR GET', ({ at }) => xhr(at, '/text'));
add('XHR HEAD', ({ at }) => xhr(at, '/text', { method: 'HEAD' }));
add('XHR of bytes', ({ at }) => xhr(at, '/large', { parameters: { bytes: 300_000 }, type: 'arraybuffer' }));
add('XHR of gzip', ({ at }) => xhr(at, '/packed', { parameters: { how: 'gzip', length: '' }, type: 'arraybuffer' }));
add('XHR of JSON', ({ at }) => xhr(at, '/json', { type: 'json' }));
add('XHR upload', ({ at }) => xhr(at, '/echo', { method: 'POST', body: noise(500_000), headers: { 'X-One': '1' } }));
add('XHR of what CORS refuses', ({ at }) => xhr(at, '/text', { parameters: { closed: '' } }));
add('XHR that runs out of time', ({ at }) => xhr(at, '/until-aborted', { prepare: (request) => (request.timeout = 300) }));
add('XHR through a redirect', ({ at }) => xhr(at, '/redirect', { parameters: { code: 302, to: at('/text') } }));
