// Requests and answers without much of a body: statuses, headers, redirects, the cache, refusals.
import { HTTP1, add, described } from '/tools.js';

add('GET', ({ get }) => get('/text'));
add('HEAD', ({ get }) => get('/text', {}, { method: 'HEAD' }));
add('GET with a query that is not plain', async ({ base, name }) => {
  const odd = `?case=${encodeURIComponent(name)}&a=b c"<>|{}^\`'é%zz&&=&#fragment`;
  return described(await fetch(`${base}/echo${odd}`));
});
for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'QUERY']) {
  // Node's parser does not know the newer ones.
  add(`${method} without a body`, ({ get }) => get('/echo', {}, { method }), method === 'QUERY' ? ['h2'] : undefined);
}
for (const code of ['200', '201', '204', '205', '304', '400', '404', '418', '500', '503', '599']) {
  add(`status ${code}`, ({ get }) => get('/status', { code }));
}
add('status 404 with a body', ({ get }) => get('/status', { code: 404, body: 'not here' }));
add('401 with a challenge', ({ get }) => get('/private', {}, { credentials: 'omit' }));
add('request headers', ({ get }) =>
  get('/echo', {}, { headers: { 'X-One': '1', 'x-TWO': ' two ', 'X-Empty': '', 'X-Latin': 'Gr\u00f6\u00dfe', Accept: 'text/x-own' } }));
add('large request headers', ({ get }) => get('/echo', {}, { headers: { 'X-Large': 'v'.repeat(20_000) } }));
add('many large response headers', ({ get }) => get('/headers', { count: 40, bytes: 1000 }));
add('200 kB of response headers', async ({ get }) => {
  const { status, body, headers } = await get('/headers', { count: 40, bytes: 5000 });
  return { status, body, known: headers.map(([name, value]) => `${name} ${value.length}`) };
});

add('cookies are set and come back', async ({ get }) => [
  await get('/cookies', {}, { credentials: 'include' }),
  await get('/cookies', {}, { credentials: 'include' }),
  await get('/cookies', {}, { credentials: 'omit' }),
]);

for (const code of ['301', '302', '303', '307', '308']) {
  add(`redirect ${code} of a POST`, ({ get, at }) => get('/redirect', { code, to: at('/echo') }, { method: 'POST', body: 'x' }));
}
add('redirect to a relative URL', ({ get }) => get('/redirect', { code: 302, to: 'text?x=y#z' }));
add('redirect without following it', ({ get }) => get('/redirect', { code: 302, to: '/text' }, { redirect: 'manual' }));
add('redirect that is an error', ({ get }) => get('/redirect', { code: 302, to: '/text' }, { redirect: 'error' }));
add('redirect in a circle', ({ get }) => get('/loop'));

add('304 turns into what is cached', async ({ get }) => [await get('/etag'), await get('/etag'), await get('/etag', {}, { cache: 'no-cache' })]);
add('304 to who asks for it', ({ get }) => get('/etag', {}, { headers: { 'If-None-Match': '"same"' } }));
add('a fresh answer is not asked for again', async ({ get }) => [await get('/fresh'), await get('/fresh'), await get('/fresh', {}, { cache: 'reload' })]);

add('no CORS headers', ({ get }) => get('/text', { closed: '' }));
add('a preflight without grants', ({ get }) => get('/text', { closed: '' }, { method: 'PUT' }));
add('an opaque response', ({ get }) => get('/text', { closed: '' }, { mode: 'no-cors' }));

add('Server-Timing and the resource timing', async ({ get, at }) => {
  await get('/timing');
  const [entry] = performance.getEntriesByName(at('/timing'));
  const { initiatorType, responseStatus, encodedBodySize, decodedBodySize, serverTiming } = entry;
  return { initiatorType, responseStatus, encodedBodySize, decodedBodySize, serverTiming: serverTiming.map((it) => it.toJSON()) };
});
add('1xx before the answer', ({ get }) => get('/early'));

for (const how of ['http-1.0', 'no-length', 'own-words', 'no-reason', 'latin-reason', 'spelling', 'folded', 'bare-lf', 'nameless', 'same-lengths', 'three-interim']) {
  add(`written by hand: ${how}`, ({ get }) => get('/raw', { how }), HTTP1);
}
for (const how of ['different-lengths', 'both-lengths', 'no-http', 'nothing']) {
  add(`broken by hand: ${how}`, ({ get }) => get('/raw', { how }), HTTP1);
}
add('reset before an answer', ({ get }) => get('/reset'), ['http']);

add('twenty at once', ({ get }) =>
  Promise.all(Array.from({ length: 20 }, (_, at) => get('/status', { code: 200, body: `answer ${at}` }).then(({ body }) => body))));
