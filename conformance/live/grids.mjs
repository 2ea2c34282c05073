// Every value of a pool once, alone, where the rest of the exchange is in order: what chance may miss.

import * as pools from './pools.mjs';
import { pageOf } from './scenarios.mjs';

const ORIGIN = 'http://localhost:8000';
const CROSS = 'http://127.0.0.1:8001';

const HINT_VALUES = [
  '1', '0', '-1', '+1', '1.5', '1.', '.5', '1e3', '1E3', ' 2', '2 ', 'x', '', '1x', 'x1', '0x10', '00', '1,2', '1;x', '4g', '3g', '2g', 'slow-2g', '4G', '5g', 'on', 'off', 'ON', 'On', 'true', '?1', '"on"', '-0', '99999999999999999999', '1.00001', 'inf', 'Infinity', 'nan',
  '-1.5', '\u00e9', '1\t', '2147483648', '4294967296', '100000', '0.25', '0.5', '64',
];

/** The grids by name; each yields `[request, preflight, responses, origin]` parts of a scenario. */
export const GRIDS = {
  * hint() {
    for (const name of ['Save-Data', 'DPR', 'Width', 'Viewport-Width', 'Device-Memory', 'RTT', 'Downlink', 'ECT', 'Intervention']) {
      for (const value of HINT_VALUES) yield { request: { headers: [[name, value]] } };
    }
    for (const name of ['Content-DPR', 'Sec-CH-DPR', 'Sec-CH-UA', 'Sec-CH-Width', 'Lang', 'UA', 'Sec-CH-Lang', 'Prefers-Color-Scheme', 'Sec-GPC', 'Save-Datax']) {
      yield { request: { headers: [[name, '1']] } };
    }
  },
  * range() {
    const [, values] = pools.REQUEST_HEADERS.find(([name]) => name === 'Range');
    const more = [
      'bytes=9223372036854775806-', 'bytes=9223372036854775807-', 'bytes=9223372036854775808-', 'bytes=0-9223372036854775806', 'bytes=0-9223372036854775807', 'bytes=0-9223372036854775808', 'bytes=9223372036854775806-9223372036854775807',
      'bytes=9223372036854775807-9223372036854775807', 'bytes=18446744073709551614-', 'bytes=18446744073709551615-18446744073709551615', 'bytes=0-18446744073709551614', 'bytes=0-18446744073709551615', 'bytes=0-18446744073709551616',
      'bytes=0-1\u00e9', 'bytes=0-\u00b2', 'bytes=\uff10-', 'bytes=0-99999999999999999999999999999999999', 'bytes=-0', 'bytes=--1', 'bytes=1-0', 'bytes=01-1', 'bytes=1-01', 'bytes=0-+5', 'bytes=+0-', 'bytes=0-5\t', 'Bytes=+1-5', 'bytes=0-,', 'bytes= -5', 'bytes=0- ', 'bytes=0 -',
      'bytes=1_0-', 'bytes=1,0-', 'bytes=9223372036854775808-1', 'bytes=0-0', 'bytes=00-', 'bytes=1-2-3', 'bytes=1-2,', 'bytes=1-2, ', ',bytes=1-2', 'bytes=1-2, bytes=3-4', 'bytes=4294967295-', 'bytes=0-4294967295',
    ];
    for (const value of [...values, ...more]) yield { request: { headers: [['Range', value]] } };
  },
  * header() {
    for (const [name, values] of pools.REQUEST_HEADERS) {
      for (const value of values) {
        for (const api of ['fetch', 'xhr']) yield { request: { api, headers: [[name, value]] } };
      }
    }
    for (const header of pools.BAD_REQUEST_HEADERS) for (const api of ['fetch', 'xhr']) yield { request: { api, headers: [header] } };
  },
  * spelling() {
    // The name that a console shows of a header that was not allowed.
    for (const [name] of pools.REQUEST_HEADERS) yield { request: { headers: [[name.toLowerCase(), 'a"b']] }, preflight: { status: 200, acah: '' } };
  },
  * repeat() {
    for (const name of ['X-Foo', 'Authorization', 'Content-Type', 'Accept', 'Range']) {
      for (const api of ['fetch', 'xhr']) for (const values of [['1', '2'], ['"', '"'], ['1', '2', '3']]) {
        yield { request: { api, headers: values.map((value) => [name, value]) } };
      }
    }
  },
  * credentialed() {
    // User name and password in the request's URL.
    for (const origin of ['http://user:pass@127.0.0.1:8001', 'http://user@127.0.0.1:8001', 'http://user:pass@localhost:8000']) {
      for (const method of ['GET', 'PUT']) for (const acao of [undefined, 'x']) for (const pf of [undefined, 'x']) {
        yield { request: { api: 'xhr', method, url: `${origin}/t/ID/0#a`, credentials: 'include' }, preflight: { status: 200, acao: pf }, responses: [{ status: 200, acao }] };
      }
    }
  },
  * nocors() {
    for (const [name, values] of pools.REQUEST_HEADERS.slice(0, 6)) for (const value of values) yield { request: { mode: 'no-cors', method: 'POST', headers: [[name, value]] } };
  },
  * char() {
    for (const name of ['Accept', 'Accept-Language', 'Content-Language', 'Content-Type']) {
      const start = name === 'Content-Type' ? 'text/plain;x=a' : 'a';
      for (let code = 1; code < 256; code++) {
        if (code === 10 || code === 13 || /[0-9a-zA-Z]/.test(String.fromCharCode(code))) continue;
        yield { request: { headers: [[name, `${start}${String.fromCharCode(code)}b`]] } };
      }
    }
  },
  * url() {
    for (const url of pools.ODD_URLS) {
      for (const origin of [ORIGIN, 'null']) {
        for (const api of ['fetch', 'xhr']) for (const method of ['GET', 'POST', 'PUT']) yield { origin, request: { api, method, url } };
      }
    }
    for (const url of pools.ODD_URLS) for (const mode of ['no-cors', 'same-origin']) yield { request: { url, mode } };
  },
  * location() {
    for (const location of pools.ODD_LOCATIONS) {
      for (const server of [CROSS, ORIGIN]) {
        for (const [api, method] of [['fetch', 'GET'], ['xhr', 'GET'], ['fetch', 'PUT']]) yield redirect(api, method, server, location);
      }
      yield { ...redirect('fetch', 'GET', CROSS, location), origin: 'null' };
      const noCors = redirect('fetch', 'GET', CROSS, location);
      noCors.request.mode = 'no-cors';
      yield noCors;
      for (const mode of ['manual', 'error']) {
        const other = redirect('fetch', 'GET', CROSS, location);
        other.request.redirect = mode;
        yield other;
      }
      const own = redirect('fetch', 'GET', ORIGIN, location);
      own.request.mode = 'same-origin';
      yield own;
    }
  },
  * body() {
    const bodies = ['string', 'arraybuffer', 'formdata', 'urlsearchparams', 'stream'].map((type) => ({ type, data: 'payload' }));
    for (const content_type of pools.BLOB_TYPES) bodies.push({ type: 'blob', data: 'payload', content_type });
    for (const body of bodies) {
      for (const api of ['fetch', 'xhr']) {
        for (const method of ['POST', 'PUT', 'GET']) yield { request: { api, method, body } };
        for (const type of ['text/plain', 'application/json', 'text/plain; charset=iso-8859-1']) yield { request: { api, method: 'POST', body, headers: [['Content-Type', type]] } };
      }
      yield { request: { method: 'POST', mode: 'no-cors', body } };
      yield { request: { method: 'POST', url: `${ORIGIN}/t/ID/0`, body } };
      yield { request: { api: 'xhr', method: 'POST', upload_listener: true, body } };
    }
  },
  * method() {
    for (const method of [...pools.ODD_METHODS, ...pools.METHODS.map(([, method]) => method)]) {
      for (const api of ['fetch', 'xhr']) {
        yield { request: { api, method } };
        yield { request: { api, method, url: `${ORIGIN}/t/ID/0` } };
        yield { request: { api, method, body: { type: 'string', data: 'payload' } } };
      }
      yield { request: { method, mode: 'no-cors' } };
      yield { request: { api: 'xhr', method, upload_listener: true } };
    }
  },
  * status() {
    for (const status of [...pools.FAILURES, 200, 201, 202, 203, 204, 205, 206, 207, 226, 299]) {
      for (const api of ['fetch', 'xhr']) {
        for (const credentials of ['include', 'same-origin']) {
          yield { request: { api, method: 'PUT', credentials }, preflight: { status } };
          yield { request: { api, method: 'GET', credentials }, responses: [{ status }] };
        }
        yield { request: { api, method: 'GET', url: `${ORIGIN}/t/ID/0` }, responses: [{ status }] };
      }
      yield { request: { mode: 'no-cors' }, responses: [{ status }] };
      yield { request: { method: 'PUT' }, preflight: { status, headers: [] } };
      yield { request: { method: 'HEAD' }, responses: [{ status }] };
      for (const mode of ['manual', 'error']) yield { request: { redirect: mode }, responses: [{ status }] };
    }
  },
  * integrity() {
    for (const integrity of pools.INTEGRITIES) {
      for (const method of ['GET', 'HEAD', 'POST']) for (const status of [200, 404]) yield { request: { integrity, method }, responses: [{ status }] };
      yield { request: { integrity, url: `${ORIGIN}/t/ID/0` } };
      yield { request: { integrity, mode: 'no-cors' } };
      yield { request: { integrity, method: 'PUT' }, preflight: { status: 403 } };
      yield { request: { integrity, mode: 'same-origin' } };
    }
  },
  * hop() {
    // Which redirects keep what, at every border between origins.
    const servers = [ORIGIN, 'http://localhost:8002', CROSS, 'http://127.0.0.1:8003'];
    for (const [api, method] of [['fetch', 'GET'], ['fetch', 'POST'], ['xhr', 'PUT'], ['fetch', 'DELETE'], ['xhr', 'DELETE'], ['fetch', 'HEAD'], ['fetch', 'patch']]) {
      for (const headers of [[], [['X-Foo', '1']], [['Authorization', 'x']], [['Content-Type', 'application/json']]]) {
        for (const status of pools.REDIRECTS) {
          for (const [first, second] of [[CROSS, CROSS], [CROSS, servers[3]], [CROSS, ORIGIN], [ORIGIN, CROSS], [ORIGIN, ORIGIN]]) {
            const credentials = headers.length % 2 === status % 2 ? 'include' : 'same-origin';
            yield redirect(api, method, first, `${second}/t/ID/1`, { headers, credentials }, status, second === servers[3] ? 'null' : ORIGIN);
          }
        }
      }
    }
  },
  * acao() {
    for (const origin of [ORIGIN, 'null']) {
      for (const value of pools.oddOrigins(origin, 'http://127.0.0.1:8003')) {
        const api = value.length % 2 === 0 ? 'fetch' : 'xhr';
        yield { origin, request: { api }, responses: [{ status: 200, acao: value }] };
        yield { origin, request: { api, method: 'PUT', credentials: 'include' }, preflight: { status: 200, acao: value } };
      }
    }
  },
  * acac() {
    for (const value of pools.ODD_CREDENTIALS) {
      for (const api of ['fetch', 'xhr']) {
        yield { request: { api, credentials: 'include' }, responses: [{ status: 200, acac: value }] };
        yield { request: { api, method: 'PUT', credentials: 'include' }, preflight: { status: 200, acac: value } };
      }
    }
    for (const pair of [['', 'true'], ['true', ''], ['true', 'true'], ['', ''], [' ', 'true'], [',', 'true'], ['false', 'true'], ['true', ' ']]) {
      yield { request: { credentials: 'include' }, responses: [{ status: 200, acac: pair }] };
      yield { request: { method: 'PUT', credentials: 'include' }, preflight: { status: 200, acac: pair } };
    }
  },
  * list() {
    for (const value of [...pools.INVALID_LISTS, ...pools.SAFE_METHOD_LISTS, '**', '*;', ' * ', '*,', ',*', '"*"', '*, a b', '* *', ', ,', ',', 'PUT,', ',PUT', 'PUT,,PUT', ' PUT ', 'put', 'Put', 'PUTX', 'PUT ,\t*']) {
      for (const credentials of ['include', 'same-origin']) {
        yield { request: { method: 'PUT', credentials }, preflight: { status: 200, acam: value } };
        yield { request: { method: 'PUT', credentials }, preflight: { status: 200, acam: ['PUT', value] } };
        yield { request: { headers: [['X-Foo', '1']], credentials }, preflight: { status: 200, acah: value } };
        yield { request: { headers: [['X-Foo', '1']], credentials }, preflight: { status: 200, acah: ['x-foo', value] } };
        yield { request: { headers: [['X-Foo', '1']], credentials }, preflight: { status: 200, acah: `X-Foo, ${value}` } };
        yield { request: { headers: [['Authorization', '1']], credentials }, preflight: { status: 200, acah: value } };
      }
    }
  },
  * expose() {
    for (const value of pools.EXPOSE) {
      for (const credentials of ['include', 'same-origin']) {
        for (const api of ['fetch', 'xhr']) yield { request: { api, credentials }, responses: [{ status: 200, aceh: value, extra: true }] };
        yield { request: { credentials }, responses: [{ status: 200, aceh: [value, 'ETag'], extra: true }] };
      }
    }
  },
  * close() {
    for (const api of ['fetch', 'xhr']) {
      for (const credentials of ['include', 'same-origin', 'omit']) {
        if (api === 'xhr' && credentials === 'omit') continue;
        for (const method of ['GET', 'POST', 'PUT', 'HEAD']) {
          yield { request: { api, method, credentials, headers: [['X-Foo', '1']] }, preflight: { status: 200, close: true } };
          yield { request: { api, method, credentials }, responses: [{ status: 200, close: true }] };
          yield { request: { api, method, credentials, url: `${ORIGIN}/t/ID/0` }, responses: [{ status: 200, close: true }] };
        }
      }
    }
    for (const server of [CROSS, ORIGIN]) {
      const draft = redirect('fetch', 'GET', server, 'http://127.0.0.1:8003/t/ID/1');
      draft.responses[1].close = true;
      yield draft;
      const put = redirect('fetch', 'PUT', server, 'http://127.0.0.1:8003/t/ID/1');
      put.responses[1].preflight.close = true;
      yield put;
    }
    yield { request: { mode: 'no-cors' }, responses: [{ status: 200, close: true }] };
  },
  * chain() {
    for (const count of [2, 19, 20, 21, 22]) {
      for (const [api, method, server] of [['fetch', 'GET', CROSS], ['xhr', 'GET', CROSS], ['fetch', 'GET', ORIGIN], ['fetch', 'PUT', CROSS]]) {
        const responses = [];
        for (let hop = 0; hop < count; hop++) responses.push({ status: 307, location: `${server}/t/ID/${hop + 1}` });
        responses.push({ status: 200 });
        yield { request: { api, method, url: `${server}/t/ID/0` }, responses };
      }
    }
  },
  * port() {
    for (const port of [1, 22, 25, 80, 110, 143, 443, 993, 6000, 6566, 6667, 10080, 4190, 5060, 0, 65535]) {
      for (const [api, method] of [['fetch', 'GET'], ['xhr', 'PUT']]) {
        if (![80, 443, 65535].includes(port)) yield { request: { api, method, url: `http://127.0.0.1:${port}/` } };
        if (![80, 443, 65535].includes(port)) yield redirect(api, method, CROSS, `http://127.0.0.1:${port}/`);
      }
    }
  },
};

function redirect(api, method, server, location, more = {}, status = 307, acao = undefined) {
  return { request: { api, method, url: `${server}/t/ID/0`, ...more }, responses: [{ status, location }, { status: 200, acao, preflight: { status: 200, acao } }] };
}

/** The scenarios of one grid. */
export function* grid(name) {
  let number = 0;
  for (const part of GRIDS[name]()) {
    yield completed(part, `${name}${String(number).padStart(4, '0')}`);
    number++;
  }
}

function completed(part, id) {
  const origin = part.origin ?? ORIGIN;
  const request = { api: 'fetch', method: 'GET', url: `${CROSS}/t/ID/0`, headers: [], mode: 'cors', credentials: 'same-origin', redirect: 'follow', ...part.request };
  request.url = request.url.replaceAll('ID', id);
  const answerFor = (given, isPreflight) => {
    const lines = (lineName, value) => (Array.isArray(value) ? value : [value]).map((one) => [lineName, one]);
    const headers = given.headers ? [...given.headers] : [
      ...lines('Access-Control-Allow-Origin', given.acao ?? origin), ...lines('Access-Control-Allow-Credentials', given.acac ?? 'true'),
    ];
    if (isPreflight && !given.headers) {
      headers.push(...lines('Access-Control-Allow-Methods', given.acam ?? request.method));
      if (given.acah !== undefined || request.headers.length > 0) headers.push(...lines('Access-Control-Allow-Headers', given.acah ?? request.headers.map(([name]) => name).join(', ')));
    }
    if (given.location !== undefined) headers.push(['Location', given.location.replaceAll('ID', id)]);
    if (given.aceh !== undefined) headers.push(...lines('Access-Control-Expose-Headers', given.aceh));
    if (given.extra) for (const field of pools.EXTRA_RESPONSE_HEADERS.slice(0, 15)) headers.push([...field]);
    const body = !isPreflight && given.location === undefined ? 'hello' : undefined;
    if (body) headers.push(['Content-Type', 'text/plain']);
    if (![204, 304].includes(given.status)) headers.push(['Content-Length', String((body ?? '').length)]);
    headers.push(['Connection', 'close']);
    return { status: given.status, headers, ...(body && { body }), ...(given.close && { close: true }), ...(given.preflight && { preflight: answerFor(given.preflight, true) }) };
  };
  const responses = (part.responses ?? [{ status: 200 }]).map((given) => answerFor(given, false));
  return { id, page: pageOf(origin), request, preflight: answerFor(part.preflight ?? { status: 200 }, true), responses };
}
