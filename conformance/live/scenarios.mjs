// Scenarios drawn by a seed: a request that would pass, then up to three twists.
//
// Most faults are only seen when everything before them is in order, so the base is a healthy exchange
// and each twist spoils (or merely disguises) one thing.

import * as pools from './pools.mjs';

const SERVERS = ['http://127.0.0.1:8001', 'http://127.0.0.1:8003', 'http://localhost:8002', 'http://localhost:8000'];

/** One scenario. */
export function scenario(random, id) {
  const draft = base(random, id);
  const twists = random.weighted([[8, 0], [52, 1], [28, 2], [12, 3]]);
  for (let count = 0; count < twists; count++) random.weighted(TWISTS)(draft, random);
  return finished(draft);
}

function base(random, id) {
  const api = random.weighted([[64, 'fetch'], [36, 'xhr']]);
  const origin = random.weighted(pools.PAGES);
  const server = random.weighted(pools.SERVERS);
  let credentials = random.weighted(pools.CREDENTIALS);
  if (api === 'xhr' && credentials === 'omit') credentials = 'same-origin';
  const method = random.weighted(pools.METHODS);
  const headers = [];
  for (let count = random.weighted([[45, 0], [42, 1], [9, 2], [4, 3]]); count > 0; count--) {
    const [name, values] = random.weighted([
      [60, ['X-Foo', ['1']]], [14, ['Content-Type', ['application/json', 'text/plain']]], [12, ['Authorization', ['Bearer x']]],
      [14, random.pick(pools.REQUEST_HEADERS)],
    ]);
    headers.push([spelled(random, name), random.pick(values)]);
  }
  const request = { api, method, url: `${server}/t/${id}/0${random.pick(pools.QUERIES)}`, headers, mode: 'cors', credentials, redirect: 'follow' };
  if (!['GET', 'HEAD'].includes(method) && random.chance(0.4)) request.body = { type: 'string', data: 'payload' };
  const draft = { id, page: { origin }, request, server };
  draft.preflight = preflightFor(draft, random, origin);
  draft.responses = [responseFor(draft, random, origin)];
  return draft;
}

const spelled = (random, name) => random.weighted([[70, name], [20, name.toLowerCase()], [10, name.toUpperCase()]]);
const joined = (random, list) => list.join(random.weighted([[60, ', '], [30, ','], [10, ' ,\t']]));

/** The answer that lets the request through, with the variety of real servers. */
function preflightFor({ request }, random, origin) {
  const credentialed = request.credentials === 'include';
  const headers = [['Access-Control-Allow-Origin', credentialed || random.chance(0.75) ? origin : '*']];
  if (credentialed || random.chance(0.2)) headers.push(['Access-Control-Allow-Credentials', 'true']);
  const wild = !credentialed && random.chance(0.15);
  const methods = random.weighted([[25, [request.method]], [25, ['GET', request.method, 'DELETE']], [25, [request.method, 'GET']], [25, ['GET', 'POST', request.method]]]);
  headers.push(['Access-Control-Allow-Methods', wild ? '*' : joined(random, methods)]);
  const names = request.headers.map(([name]) => spelled(random, name));
  if (request.body && random.chance(0.2)) names.push('Content-Type');
  if (random.chance(0.3)) names.splice(random.below(names.length + 1), 0, spelled(random, 'X-Unrelated'));
  if (names.length > 0) headers.push(['Access-Control-Allow-Headers', wild && random.chance(0.7) ? '*' : joined(random, names)]);
  if (random.chance(0.3)) headers.push(['Access-Control-Max-Age', random.pick(['600', '86400', '0', '60', '5'])]);
  return { status: random.pick([200, 204]), headers };
}

function responseFor({ request }, random, origin) {
  const credentialed = request.credentials === 'include';
  const headers = [['Access-Control-Allow-Origin', credentialed || random.chance(0.75) ? origin : '*']];
  if (credentialed || random.chance(0.2)) headers.push(['Access-Control-Allow-Credentials', 'true']);
  headers.push(['Content-Type', random.pick(['text/plain', 'application/json'])]);
  if (random.chance(0.4)) headers.push(['X-Foo', '1'], ['ETag', '"e"']);
  if (random.chance(0.2)) headers.push(['Access-Control-Expose-Headers', random.pick(pools.EXPOSE)]);
  return { status: 200, headers, body: 'hello' };
}

const get = (answer, name) => answer.headers.find(([other]) => other.toLowerCase() === name.toLowerCase());

function set(answer, name, value) {
  const field = get(answer, name);
  if (field) field[1] = value;
  else answer.headers.push([name, value]);
}

const drop = (answer, name) => {
  answer.headers = answer.headers.filter(([other]) => other.toLowerCase() !== name.toLowerCase());
};

/** One small slip, as a tired person or a broken proxy makes it. */
function mutated(random, value) {
  const at = random.below(value.length + 1);
  switch (random.below(9)) {
    case 0: return value.slice(0, at) + random.pick(pools.ODD_CHARACTERS) + value.slice(at);
    case 1: return value.slice(0, at) + value.slice(at + 1);
    case 2: return value.slice(0, at) + random.pick(pools.ODD_CHARACTERS) + value.slice(at + 1);
    case 3: return random.pick(pools.WHITESPACE) + value;
    case 4: return value + random.pick(pools.WHITESPACE);
    case 5: return [...value].map((letter, index) => (index === at ? swapCase(letter) : letter)).join('');
    case 6: return random.pick(pools.ODD_CHARACTERS) + value;
    case 7: return value + random.pick(pools.ODD_CHARACTERS);
    default: return `${value}${random.pick([',', ', ', ' ', ';'])}${value}`;
  }
}

const swapCase = (letter) => (letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase());

/** Every answer that could carry the fault. */
function someAnswer(draft, random) {
  const answers = [draft.preflight, ...draft.responses, ...draft.responses.slice(1).map(({ preflight }) => preflight)];
  return random.pick(answers.filter(Boolean));
}

const TWISTS = [
  [10, function originValue(draft, random) {
    const answer = someAnswer(draft, random);
    const other = random.pick(['http://127.0.0.1:8003', 'http://localhost:8002', 'http://127.0.0.1:8001']);
    const now = get(answer, 'Access-Control-Allow-Origin')?.[1] ?? draft.page.origin;
    set(answer, 'Access-Control-Allow-Origin', random.chance(0.6) ? random.pick(pools.oddOrigins(draft.page.origin, other)) : mutated(random, now));
  }],
  [2, (draft, random) => drop(someAnswer(draft, random), 'Access-Control-Allow-Origin')],
  [3, function originTwice(draft, random) {
    const answer = someAnswer(draft, random);
    const value = random.chance(0.5) ? draft.page.origin : random.pick(pools.oddOrigins(draft.page.origin, 'http://127.0.0.1:8003'));
    answer.headers.splice(random.below(answer.headers.length + 1), 0, [spelled(random, 'Access-Control-Allow-Origin'), value]);
  }],
  [6, function credentialsValue(draft, random) {
    if (random.chance(0.8)) draft.request.credentials = 'include';
    const value = random.chance(0.7) ? random.pick(pools.ODD_CREDENTIALS) : mutated(random, 'true');
    set(someAnswer(draft, random), 'Access-Control-Allow-Credentials', value);
  }],
  [2, function credentialsTwice(draft, random) {
    if (random.chance(0.8)) draft.request.credentials = 'include';
    const answer = someAnswer(draft, random);
    answer.headers.splice(random.below(answer.headers.length + 1), 0, ['Access-Control-Allow-Credentials', random.pick(['true', '', ' ', 'false', 'True', 'true,', ','])]);
  }],
  [1, (draft, random) => drop(someAnswer(draft, random), 'Access-Control-Allow-Credentials')],
  [6, function methods(draft, random) {
    unsafe(draft, random);
    const { method } = draft.request;
    const value = random.weighted([
      [3, random.pick(pools.SAFE_METHOD_LISTS)], [2, mutated(random, method)], [2, mutated(random, get(draft.preflight, 'Access-Control-Allow-Methods')?.[1] ?? method)],
      [2, joined(random, random.shuffled([method, random.pick(pools.INVALID_LISTS)]))], [1, joined(random, ['', method, '', ''])], [1, joined(random, random.shuffled(['*', method]))],
      [1, method.toLowerCase()], [1, method.toUpperCase()], [1, random.pick(pools.INVALID_LISTS)], [1, `"${method}"`], [1, random.pick(['**', '*;', ' * ', '*,', '"*"', '*, a b', 'GET, *', '* *', '\t*'])],
    ]);
    set(draft.preflight, 'Access-Control-Allow-Methods', value);
  }],
  [2, function methodsTwice(draft, random) {
    unsafe(draft, random);
    const value = random.pick([draft.request.method, 'GET', '', '*', 'a b', 'PUT, DELETE', ',', '\xe9']);
    draft.preflight.headers.splice(random.below(draft.preflight.headers.length + 1), 0, [spelled(random, 'Access-Control-Allow-Methods'), value]);
  }],
  [1, (draft, random) => { unsafe(draft, random); drop(draft.preflight, 'Access-Control-Allow-Methods'); }],
  [6, function headerNames(draft, random) {
    unsafeHeader(draft, random);
    const names = draft.request.headers.map(([name]) => name);
    const value = random.weighted([
      [2, mutated(random, joined(random, names))], [2, joined(random, random.shuffled([...names, random.pick(pools.INVALID_LISTS)]))], [2, joined(random, names.slice(1))], [1, joined(random, names.slice(0, -1))],
      [1, random.pick(pools.INVALID_LISTS)], [1, random.pick(['*', '**', '', ' * ', '"*"', '*, a b', '*, Authorization', 'Authorization, *', '* *', '*;', ', ,', '*,*'])], [1, joined(random, ['', ...names, '', ''])], [1, names.join(';')], [1, names.join(' ')],
      [1, joined(random, names.map((name) => mutated(random, name)))], [1, names.join('\r\n ,')],
    ]);
    set(draft.preflight, 'Access-Control-Allow-Headers', value);
  }],
  [2, function headerNamesTwice(draft, random) {
    unsafeHeader(draft, random);
    const value = random.pick([...draft.request.headers.map(([name]) => name), '', '*', 'a b', 'x-bar', ',', '\xe9']);
    draft.preflight.headers.splice(random.below(draft.preflight.headers.length + 1), 0, [spelled(random, 'Access-Control-Allow-Headers'), value]);
  }],
  [1, (draft, random) => { unsafeHeader(draft, random); drop(draft.preflight, 'Access-Control-Allow-Headers'); }],
  [4, function preflightStatus(draft, random) {
    unsafe(draft, random);
    const answer = random.chance(0.8) ? draft.preflight : someAnswer(draft, random);
    answer.status = random.chance(0.7) ? random.pick(pools.FAILURES) : random.weighted(pools.SUCCESS);
    const leadsOn = pools.REDIRECTS.includes(answer.status) && random.chance(0.7);
    if (leadsOn && !draft.responses.includes(answer)) set(answer, 'Location', `http://127.0.0.1:8003/t/${draft.id}/pf`);
  }],
  [4, (draft, random) => {
    const response = draft.responses.at(-1);
    response.status = random.chance(0.6) ? random.pick(pools.FAILURES) : random.weighted(pools.SUCCESS);
  }],
  [2, (draft, random) => set(draft.preflight, 'Access-Control-Max-Age', random.pick(pools.MAX_AGES))],
  [4, (draft, random) => {
    const response = draft.responses.at(-1);
    for (let count = 1 + random.below(3); count > 0; count--) response.headers.push([...random.pick(pools.EXTRA_RESPONSE_HEADERS)]);
    set(response, 'Access-Control-Expose-Headers', random.chance(0.8) ? random.pick(pools.EXPOSE) : mutated(random, 'X-Foo, ETag'));
    if (random.chance(0.2)) response.headers.push(['Access-Control-Expose-Headers', random.pick(pools.EXPOSE)]);
  }],
  [2, (draft, random) => { random.pick([draft.preflight, draft.responses[0]]).headers = random.shuffled(random.pick([draft.preflight, draft.responses[0]]).headers).map(([name, value]) => [name, value]); }],
  [2, (draft, random) => {
    const answer = someAnswer(draft, random);
    const recase = random.pick([(name) => name.toLowerCase(), (name) => name.toUpperCase(), (name) => name[0] + name.slice(1).toLowerCase(), (name) => [...name].map((letter) => (random.chance(0.5) ? swapCase(letter) : letter)).join('')]);
    answer.headers = answer.headers.map(([name, value]) => [recase(name), value]);
  }],
  [1, (draft, random) => { someAnswer(draft, random).close = true; }],
  [3, function oddMethod(draft, random) {
    draft.request.method = random.pick(pools.ODD_METHODS);
    if (random.chance(0.8)) set(draft.preflight, 'Access-Control-Allow-Methods', random.pick([draft.request.method, draft.request.method.toUpperCase(), '*', 'GET', draft.request.method.toLowerCase()]).trim());
  }],
  [14, function requestHeader(draft, random) {
    const [name, values] = random.pick(pools.REQUEST_HEADERS);
    addHeader(draft, random, spelled(random, name), random.pick(values));
  }],
  [9, function safelistedValue(draft, random) {
    const [name, values] = random.pick(pools.REQUEST_HEADERS.slice(0, 5));
    const value = random.chance(0.5) ? random.pick(values) : mutated(random, random.pick(values));
    addHeader(draft, random, spelled(random, name), value);
  }],
  [4, function longValue(draft, random) {
    const name = random.pick(['Accept', 'Accept-Language', 'Content-Language', 'Content-Type', 'Range', 'X-Foo', 'Save-Data', 'DPR']);
    const length = random.pick([126, 127, 128, 129, 130, 64, 256]);
    const start = { 'Content-Type': 'text/plain;x=', Range: 'bytes=' }[name] ?? '';
    const end = name === 'Range' ? random.pick(['1-', '-', '0-']) : '';
    const filler = name === 'Range' || name === 'DPR' ? '0' : random.pick(['a', 'a', 'a', ' a', '\xe9']);
    const value = (start + filler.repeat(300)).slice(0, length - end.length) + end;
    addHeader(draft, random, name, value);
  }],
  [3, function manyBytes(draft, random) {
    const lines = random.pick([2, 7, 8, 9, 10]);
    const length = random.pick([128, 127, 114, 115, 113, 102, 103, 100]);
    const names = random.pick([['Accept'], ['Accept', 'Accept-Language'], ['Accept', 'Accept-Language', 'Content-Language'], ['Accept', 'Content-Type', 'Accept-Language', 'Content-Language', 'Range']]);
    for (let line = 0; line < lines; line++) {
      const name = names[line % names.length];
      const start = { 'Content-Type': 'text/plain;x=', Range: 'bytes=' }[name] ?? '';
      const value = name === 'Range' ? `${start}${'0'.repeat(length - 7)}-` : (start + 'a'.repeat(length)).slice(0, length);
      draft.request.headers.push([name, value]);
    }
  }],
  [2, function repeatedHeader(draft, random) {
    const [name, values] = random.pick(pools.REQUEST_HEADERS.slice(0, 9));
    for (let count = 2; count > 0; count--) addHeader(draft, random, spelled(random, name), random.pick(values));
  }],
  [1, (draft, random) => { draft.request.headers.push([...random.pick(pools.BAD_REQUEST_HEADERS)]); }],
  [2, function sameOriginMode(draft, random) {
    draft.request.api = 'fetch';
    draft.request.mode = random.pick(['no-cors', 'no-cors', 'no-cors', 'same-origin']);
    if (random.chance(0.8)) {
      draft.request.method = random.pick(['GET', 'POST', 'HEAD']);
      if (draft.request.method !== 'POST') delete draft.request.body;
    }
  }],
  [2, (draft, random) => { draft.request.api = 'fetch'; draft.request.redirect = random.pick(['manual', 'error']); if (draft.responses.length === 1) redirectChain(draft, random); }],
  [12, redirectChain],
  [3, function oddLocation(draft, random) {
    if (draft.responses.length === 1) redirectChain(draft, random);
    set(draft.responses[0], 'Location', random.pick(pools.ODD_LOCATIONS).replaceAll('ID', draft.id));
  }],
  [2, (draft, random) => { draft.request.url = random.pick(pools.ODD_URLS).replaceAll('ID', draft.id); }],
  [3, function body(draft, random) {
    draft.request.method = random.pick(['POST', 'PUT', 'PATCH', 'DELETE', 'POST']);
    const type = random.pick(['blob', 'blob', 'arraybuffer', 'formdata', 'urlsearchparams', 'stream', 'string']);
    draft.request.body = { type, data: 'payload' };
    if (type === 'blob') draft.request.body.content_type = random.pick(pools.BLOB_TYPES);
    if (random.chance(0.6)) set(draft.preflight, 'Access-Control-Allow-Headers', random.pick(['Content-Type', '*', 'content-type, X-Foo']));
    if (random.chance(0.7)) draft.request.headers = draft.request.headers.filter(([name]) => !/content-type/i.test(name));
  }],
  [2, (draft, random) => {
    draft.request.api = 'xhr';
    draft.request.upload_listener = true;
    if (draft.request.credentials === 'omit') draft.request.credentials = 'same-origin';
    if (random.chance(0.5)) draft.request.method = random.pick(['POST', 'GET', 'HEAD', 'PUT']);
    if (random.chance(0.3)) drop(draft.preflight, 'Access-Control-Allow-Methods');
  }],
  [1, (draft, random) => { draft.request.api = 'fetch'; draft.request.cache = random.pick(['no-store', 'reload', 'no-cache', 'force-cache', 'default', 'only-if-cached']); }],
  [1, (draft, random) => { draft.request.api = 'fetch'; draft.request.integrity = random.pick(pools.INTEGRITIES); }],
  [1, (draft, random) => { draft.request.api = 'fetch'; draft.request.keepalive = true; }],
];

function unsafe(draft, random) {
  const { request } = draft;
  if (['GET', 'HEAD', 'POST'].includes(request.method) && request.headers.length === 0 && random.chance(0.85)) {
    if (random.chance(0.5)) request.headers.push(['X-Foo', '1']);
    else request.method = random.pick(['PUT', 'DELETE', 'PATCH', 'patch']);
    const { origin } = draft.page;
    const fresh = preflightFor(draft, random, origin);
    for (const [name, value] of fresh.headers) if (!get(draft.preflight, name) || /methods|headers/i.test(name)) set(draft.preflight, name, value);
  }
}

function unsafeHeader(draft, random) {
  const count = random.weighted([[60, 1], [25, 2], [15, 3]]);
  for (let index = draft.request.headers.length; index < count; index++) {
    const name = random.pick(['X-Foo', 'X-Bar', 'Authorization', 'Content-Type', 'X-Custom-Header', 'Range', 'a', 'Z', 'x_y']);
    addHeader(draft, random, name, { 'Content-Type': 'application/json', Range: 'bytes=-5' }[name] ?? '1');
  }
}

function addHeader(draft, random, name, value) {
  draft.request.headers.push([name, value]);
  if (random.chance(0.6)) {
    const now = get(draft.preflight, 'Access-Control-Allow-Headers')?.[1];
    if (now !== '*') set(draft.preflight, 'Access-Control-Allow-Headers', now ? `${now}, ${spelled(random, name)}` : spelled(random, name));
  }
}

function redirectChain(draft, random) {
  const hops = random.weighted([[70, 1], [25, 2], [5, 3]]);
  let server = draft.server;
  const last = draft.responses.pop();
  const first = draft.responses.length;
  for (let hop = first; hop < first + hops; hop++) {
    const next = random.pick(SERVERS);
    const userinfo = random.chance(0.04) ? 'user:pass@' : '';
    const answer = responseFor(draft, random, originAt(draft, hop, random));
    const headers = answer.headers.filter(([name]) => /^access-control-allow/i.test(name));
    const target = random.chance(0.06) && next === server ? `${hop + 1}` : `${next.replace('//', `//${userinfo}`)}/t/${draft.id}/${hop + 1}`;
    headers.push(['Location', target]);
    const redirect = { status: random.pick(pools.REDIRECTS), headers };
    if (hop > 0) redirect.preflight = preflightFor(draft, random, originAt(draft, hop, random));
    draft.responses.push(redirect);
    server = next;
  }
  const hop = draft.responses.length;
  const origin = originAt(draft, hop, random);
  last.preflight = preflightFor(draft, random, origin);
  if (random.chance(0.75)) set(last, 'Access-Control-Allow-Origin', draft.request.credentials !== 'include' && random.chance(0.3) ? '*' : origin);
  draft.responses.push(last);
}

// The tainted origin is `null`; servers know it, or not.
const originAt = (draft, hop, random) => (hop === 0 ? draft.page.origin : random.weighted([[55, 'null'], [45, draft.page.origin]]));

/** A page as the recorder opens it; a sandboxed frame has no URL that a script could know. */
export const pageOf = (origin) => (origin === 'null' ? { origin } : { origin, url: `${origin}/runner` });

/** Adds what the recording server always sends. */
function finished(draft) {
  const { id, page, request, preflight, responses } = draft;
  for (const answer of [preflight, ...responses, ...responses.map((response) => response.preflight)]) {
    if (!answer) continue;
    const bodyless = [204, 304].includes(answer.status) || (answer.status >= 100 && answer.status < 200);
    if (!bodyless) answer.headers.push(['Content-Length', String((answer.body ?? '').length)]);
    answer.headers.push(['Connection', 'close']);
  }
  return { id, page: pageOf(page.origin), request, preflight, responses };
}
