// The values that a generated scenario is made of: what the recorded scenarios hold, and neighbours.

export const PAGES = [[78, 'http://localhost:8000'], [14, 'null'], [8, 'http://localhost:8002']];
export const SERVERS = [
  [70, 'http://127.0.0.1:8001'], [18, 'http://localhost:8002'], [8, 'http://localhost:8000'],
  [4, 'http://127.0.0.1:8003'],
];
export const QUERIES = ['', '', '', '?q=1', '?a=%20b&c=d', '?', '?x=%C3%A9', "?a='b'", '#frag', '?q=1#frag', '?a|b', '?a[0]=1'];

export const METHODS = [
  [40, 'GET'], [22, 'POST'], [12, 'PUT'], [8, 'DELETE'], [6, 'PATCH'], [5, 'HEAD'], [4, 'patch'], [2, 'OPTIONS'],
];
export const ODD_METHODS = [
  'post', 'get', 'delete', 'put', 'head', 'options', 'PoSt', 'Get', 'Put', 'Delete', 'Patch', 'CHICKEN', 'chicken',
  '*', "M!#$%&'*+-.^_`|~", 'LINK', 'UNLINK', 'PROPFIND', 'MKCOL', 'REPORT', 'X-Y', 'gEtX', 'GETX', 'QUERY', 'query',
  'A"B', 'TRACK', 'trace', 'CONNECT', 'connect', 'TRACE', 'track', '(GET)', 'GET,', 'G\u00c9T', 'GET ', ' GET', 'G ET',
  '', 'GET\n', 'PURGE', 'SEARCH', 'LOCK', '1', 'GET/1', '**',
];

export const REQUEST_HEADERS = [
  ['Accept', ['*/*', 'text/html', 'application/json', 'application/json, text/plain;q=0.9', 'a\tb', 'a"b', 'a\\b',
    'text/html;x="y"', 'x:y', "!#$%&'*+-.^_`|~;=/,", 'a\u00e9', '\u00e9', '', ' a ', 'a,b', 'a;b=c', 'a(b)']],
  ['Accept-Language', ['en', '*', 'en-US,en;q=0.5', 'en_US', 'en\tde', 'en(US)', '\u00e9', '', 'a@b', 'de-CH;q=0.5', 'en.', 'en/US', 'EN', 'a:b']],
  ['Content-Language', ['en', 'de, en-GB', 'en_US', '', 'en;x=1', 'a?b', 'en/US', '*', '\u00e9', 'en=de', 'en&de']],
  ['Content-Type', ['text/plain', 'application/json', 'text/plain;charset=utf-8', 'text/plain; charset=UTF-8',
    'TEXT/PLAIN', 'application/x-www-form-urlencoded', 'multipart/form-data', 'multipart/form-data; boundary=x',
    'text/plain; foo=bar; baz=qux', 'text/plain;x="y"', 'text/', '/', 'text', '*/*', 'text /plain', 'text/ plain',
    'text/plain,application/json', 'text/plain, text/plain', 'text/plain;', 'text/plain;;', 'text/plain;x', 'text/plain ;x=y',
    'text/plain\t', 'text/plain;x=\u00e9', 't\u00e9xt/plain', 'text/plain;charset', 'text/plain;=x', 'text/html', 'application/csp-report',
    'text/plain; a@b', 'application/x-www-form-urlencoded;', 'Multipart/Form-Data', 'text/plain x', ';', '', 'application/xml',
    'multipart/form-data;boundary="x y"', 'text/plain+x', 'text/plain.x', '\u00e9', 'text/plain;\u00e9', 'application/json;text/plain']],
  ['Range', ['bytes=0-', 'bytes=0-5', 'bytes=5-5', 'bytes=10-5', 'bytes=-5', 'bytes=-', 'Bytes=0-5', 'BYTES=0-', 'bytes= 0-5',
    'bytes=0 -5', 'bytes=0- 5', 'bytes =0-5', 'bytes=0-5 ', ' bytes=0-5', 'bytes=0-1,3-4', 'bytes=0-1,', 'items=0-5', 'bytes:0-5',
    'bytes=a-b', 'bytes=00-05', 'bytes=0-99999999999999999999', 'bytes=9223372036854775807-', 'bytes=9223372036854775808-',
    'bytes=18446744073709551615-', 'bytes=18446744073709551616-', 'bytes=0-9223372036854775807', 'bytes=0-9223372036854775808',
    'bytes=0-4294967296', 'bytes=4294967296-', 'bytes=2147483648-4294967295', '', 'bytes', 'bytes=', 'bytes=0', 'bytes=+1-5', 'bytes=1--5', 'bytes=0x1-5',
    'bytes=\t0-5', 'bytes\t=0-5', 'bytes=0\t-5', 'bytes=0-5;x', 'bytes=0-5/6', 'bytes=1-5-', 'bytes=\u00e9-']],
  ['X-Foo', ['1', '1', '1', '', '\u00e9', 'a b', ' a ', 'a,b', 'a\tb']],
  ['X-Bar', ['1']],
  ['X-Custom-Header', ['1']],
  ['Authorization', ['Bearer x', 'x', '', 'Basic eDp5']],
  ['X-Requested-With', ['XMLHttpRequest', 'y']],
  ['X-HTTP-Method-Override', ['PUT', 'trace', 'GET, TRACE', 'CONNECTX', ' trace ', 'GET,track ', '"TRACE"', '', 'PUT, "a,TRACE"', 'TRACE;x']],
  ['X-HTTP-Method', ['a, TRACK', 'PUT', 'connect,', ',TRACE', 'TRACE TRACE']],
  ['X-Method-Override', ['CONNECT', 'PUT', 'trace\t,x', 'Connect']],
  ['If-None-Match', ['"e"']], ['If-Modified-Since', ['Sat, 29 Oct 1994 19:43:31 GMT']], ['If-Range', ['"e"']], ['If-Match', ['*']],
  ['If-Unmodified-Since', ['Sat, 29 Oct 1994 19:43:31 GMT']],
  ['Cache-Control', ['no-cache', 'max-age=0']], ['Pragma', ['no-cache']], ['Priority', ['u=1']],
  ['Last-Event-ID', ['1', '{}', 'a(b']], ['Traceparent', ['00-0-0-0']], ['Upgrade-Insecure-Requests', ['1']], ['Purpose', ['prefetch']],
  ['Service-Worker', ['script', 'x']], ['Early-Data', ['1']], ['DNT', ['1']], ['Sec-GPC', ['1']], ['Sec-Foo', ['1']], ['sec-', ['1']], ['Secx', ['1']],
  ['Proxy-Foo', ['1']], ['Proxy-', ['x']], ['Proxy', ['1']], ['Proxyx', ['1']], ['Proxy-Authorization', ['x']], ['X-Sec-', ['1']],
  ['Save-Data', ['on', 'off', 'ON', 'x', '', '?1']], ['DPR', ['1', '1.5', 'x', '', '1e3', '-1', ' 2']], ['Width', ['100', '100.5', 'x']],
  ['Viewport-Width', ['100', 'x', '-1']], ['Device-Memory', ['1', '0.5', 'x', '']], ['RTT', ['10', 'x', '-1', '1.5']], ['Downlink', ['1', '1.5', 'x']],
  ['ECT', ['4g', '3g', 'slow-2g', 'x', '4G']], ['Intervention', ['x', '']], ['Content-DPR', ['1']],
  ['Sec-CH-UA', ['x']], ['Sec-CH-Prefers-Color-Scheme', ['dark']],
  ['User-Agent', ['oracle', '']], ['Host', ['evil.test']], ['Origin', ['http://evil.test']], ['Referer', ['http://evil.test/']], ['Cookie', ['a=b']],
  ['Cookie2', ['x']], ['Set-Cookie', ['a=b']], ['Set-Cookie2', ['a=b']], ['Date', ['x']], ['Via', ['x']], ['TE', ['trailers']], ['Trailer', ['x']],
  ['Trailers', ['x']], ['Transfer-Encoding', ['chunked']], ['Upgrade', ['x']], ['Connection', ['close']], ['Keep-Alive', ['x']], ['Expect', ['100-continue']],
  ['Content-Length', ['3']], ['Content-Encoding', ['gzip']], ['Content-Location', ['/x']], ['Content-Disposition', ['x']], ['Accept-Charset', ['utf-8']],
  ['Accept-Encoding', ['gzip']], ['Accept-CH', ['dpr']], ['Accept-Features', ['x']], ['Accept-Ranges', ['bytes']], ['Accept-Datetime', ['x']],
  ['Access-Control-Request-Method', ['PUT']], ['Access-Control-Request-Headers', ['x-a']], ['Access-Control-Request-Private-Network', ['true']],
  ['Access-Control-Request-Local-Network', ['true']], ['Access-Control-Allow-Origin', ['*']], ['Access-Control-Foo', ['1']],
  ['*', ['1']], ["!#$%&'*+-.^_`|~0", ['1']], ['x_y', ['1']], ['X.Y', ['1']], ['1', ['1']], ['a', ['2']], ['B', ['1']], ['Z', ['1']], ['y', ['2']], ['X', ['3']],
  ['X-Purpose', ['x']], ['X-Forwarded-For', ['1.1.1.1']], ['X-CSRF-Token', ['1']], ['HTTP2-Settings', ['x']], ['Timing-Allow-Origin', ['*']],
  ['Tk', ['x']], ['Forwarded', ['x']], ['From', ['x']], ['Max-Forwards', ['1']], ['Attribution-Reporting-Eligible', ['x']], ['Ping-From', ['x']], ['Sec-Available-Dictionary', ['x']],
];
export const BAD_REQUEST_HEADERS = [
  ['', '1'], ['X Y', '1'], ['X-Foo:', '1'], ['X-Foo', '\u0100'], ['X-Foo', 'a\nb'], ['X-Foo', 'a\0b'], ['X-Foo', 'a\rb'], ['X\u00e9', '1'], ['X-Foo ', '1'],
  [' X-Foo', '1'], ['X-Foo', '\r\n1'], ['X-Foo', '1\n'], ['X-Foo', '\x01'], ['X-Foo', '\x7f'], ['X-Foo', '\x0b1'], ['X(', '1'], ['X-Foo', '\t1\t'],
];

export const CREDENTIALS = [[45, 'include'], [38, 'same-origin'], [17, 'omit']];
export const SUCCESS = [[48, 200], [47, 204], [1, 201], [1, 202], [1, 203], [1, 206], [1, 226], [1, 299], [1, 205], [1, 207]];
export const FAILURES = [
  300, 301, 302, 303, 304, 305, 306, 307, 308, 309, 310, 399, 400, 401, 403, 404, 405, 407, 408, 410, 416, 418, 421, 422, 425, 426, 429, 431, 451, 499, 500, 501, 502,
  503, 504, 511, 520, 599, 600, 999,
];
export const REDIRECTS = [301, 302, 303, 307, 308];

export const WHITESPACE = [' ', '\t', '  ', '\t ', ' \t ', '   '];
export const ODD_CHARACTERS = [
  ' ', '\t', '"', '(', ')', ',', '/', ':', ';', '<', '=', '>', '?', '@', '[', '\\', ']', '{', '}', '*', '%', '&', '!', '#', '$', "'", '+', '-', '.', '^', '_', '`',
  '|', '~', '0', '9', 'a', 'Z', '\x01', '\x0b', '\x0c', '\x1f', '\x7f', '\xa0', '\xe9', '\xff', '\x80',
];

export function oddOrigins(origin, other) {
  const url = origin === 'null' ? undefined : new URL(origin);
  const host = url?.hostname ?? 'localhost';
  const port = url?.port ?? '8000';
  return [
    '', ' ', '*', '**', '* *', '*, *', '*,', ',*', '*;', '"*"', "'*'", '.*', '* ', ' *', '*/*', 'http://*', 'https://*', `*:${port}`, '*://*', '*.localhost', 'null', 'Null',
    'NULL', 'null,', ',null', 'null null', 'null, null', 'null,null', '"null"', 'null/', 'nul', 'undefined', 'true', 'false', 'none', 'all', 'any', '%00', '/', '//', '?', '#', 'http',
    'http:', 'http://', 'http:///', 'file://', 'data:', 'about:blank', 'about:', 'x:', ':', '1', 'a.b', '[::1]', 'ws://localhost:8000', 'ftp://localhost', 'mailto:x', 'javascript:1', 'urn:x', '1:2',
    `${origin}/`, `${origin}//`, `${origin}/x`, `${origin}?`, `${origin}#`, `${origin}?x`, `${origin}.`, `${origin}:`, `${origin},`, `,${origin}`, `${origin};`, `${origin} `, ` ${origin}`, `\t${origin}`,
    `\t ${origin} \t`, `${origin}\xa0`, `\xa0${origin}`, `${origin}\x0b`, `\x0b${origin}`, `${origin}\x0c`, `${origin}\x01`, `${origin}\xe9`, `"${origin}"`, `'${origin}'`, `<${origin}>`, `[${origin}]`, `^${origin}$`,
    `${origin}, ${origin}`, `${origin},${origin}`, `${origin} ${origin}`, `${origin}, ${other}`, `${other}, ${origin}`, `${origin} ${other}`, `${other} ${origin}`, `${origin}, *`, `*, ${origin}`,
    `null, ${origin}`, `${origin}, null`, `${origin}|${other}`, `${origin};${other}`, `${origin}\r\n x`, `\r\n ${origin}`, `*\r\n `, `${origin},\r\n x-folded`, `${origin}\r\n\t`,
    origin.toUpperCase(), origin.replace('http', 'HTTP'), origin.replace('http', 'Http'), origin.replace('http:', 'https:'), origin.replace('http:', 'ws:'), origin.replace('http:', 'file:'),
    origin.replace('localhost', 'LocalHost'), origin.replace('localhost', 'LOCALHOST'), origin.replace('localhost', 'localhost.'), origin.replace('localhost', '127.0.0.1'),
    origin.replace('localhost', '[::1]'), origin.replace('localhost', 'www.localhost'), origin.replace('localhost', 'sub.localhost'), origin.replace('localhost', '*.localhost'), origin.replace('localhost', '*'),
    origin.replace('localhost', 'evillocalhost'), origin.replace('localhost', 'localhost.evil.test'), origin.replace('localhost', '%6cocalhost'), origin.replace('localhost', 'user@localhost'),
    origin.replace('localhost', 'user:pass@localhost'), origin.replace('localhost', 'local host'), origin.replace('localhost', 'l\xf6calhost'), origin.replace('localhost', ''), origin.replace('//', '/'), origin.replace('//', ''),
    origin.replace('//', '///'), origin.replace('http://', ''), origin.replace('http://', '//'), origin.replace('http:', ''), origin.replace('http://', '*://'), origin.replace('http', 'http*'),
    `http://${host}`, `http://${host}:`, `http://${host}:80`, `http://${host}:0${port}`, `http://${host}:${port}0`, `http://${host}:+${port}`, `http://${host}: ${port}`, `http://${host} :${port}`,
    `http://${host}:*`, `http://${host}:99999`, `http://${host}:${port}:${port}`, `https://${host}:443`, `https://${host}`, `${host}`, `${host}:${port}`, `*://${host}:${port}`, `http://${host}:${port}\\`, `http:\\\\${host}:${port}`,
    other, `${other}/`, 'https://example.com', 'http://example.com:8000', 'http://xn--bcher-kva.example', 'http://b\xfccher.example', 'http://127.1:8000', 'http://0x7f.1:8000', 'http://2130706433:8000',
  ];
}

export const ODD_CREDENTIALS = [
  'True', 'TRUE', 'tRuE', 'truE', 'true ', ' true', '\ttrue', 'true\t', '  true  ', 'true,', ',true', 'true, true', 'true,true', 'true true', 'true;', ';true', '"true"', "'true'", 'true"', '"true',
  'yes', '1', '?1', 'on', 'false', 'False', 'true, false', 'false, true', 'null', '*', '', ' ', 'truee', 'tru', 'rue', 't', 'true\x0b', '\x0btrue', 'true\xa0', '\xa0true', 'true\x0c', 'tr ue', 'tr\tue', 'true\x01', '\xe9true',
  'true\r\n ', '\r\n true', 'tr\r\n ue', 'true/', 'true=', '(true)', 'true.', 'TRUE, true', 'true, ', ', true', ',', ',,',
];

export const EXPOSE = [
  'X-Foo', 'etag, x-foo', '*', 'X-Foo, X-Bar', 'X-FOO', ' X-Foo ', 'X-Foo,,X-Bar,', ',X-Foo', 'X-Foo\t,\tX-Bar', 'X-Foo;X-Bar', 'X-Foo X-Bar', 'a b', 'X-Foo, a b', 'a b, X-Foo', '"X-Foo"', "'X-Foo'", '*, X-Foo', 'X-Foo, *', '**', 'X-*',
  '*, Authorization', 'Authorization', 'set-cookie', 'Set-Cookie, X-Foo', '*, Set-Cookie', 'Set-Cookie2', '', ',', ', ,', 'X-Missing', 'Vary, *', '\xe9', '\xe9, X-Foo', 'X-Foo, \xe9ETag', 'X-Foo\x0b', '\x01', 'X-Foo\xa0',
  'Access-Control-Allow-Origin, access-control-expose-headers', 'Cache-Control, Content-Type', 'Content-Length', 'Date, Server, Link', 'X-Foo:', '(X-Foo)', 'X-Foo/1', 'X-Foo=1', '* ', ' * ', '*,*', '*;', 'Content-Encoding', 'Connection',
  'X-Foo\r\n ,X-Bar', 'Set-Cookie, *',
];

export const SAFE_METHOD_LISTS = [
  'GET', 'POST', 'GET, POST', 'GET,POST,DELETE', 'PUT', 'DELETE', 'PATCH', 'HEAD', '*', '', 'OPTIONS', 'GET, HEAD, POST, PUT, PATCH, DELETE', 'get', 'post',
];
export const INVALID_LISTS = [
  'a b', '(a)', '"a"', 'a;b', 'a/b', 'a:b', 'a=b', 'a@b', '\xe9', 'a\xe9', '<a>', '[a]', '{a}', 'a\\b', 'a?b', '\x01', 'a\x0b', '\x0ba', 'a\x7f', 'a\xa0', '\xa0', 'a,b c', 'a;q=1', "a'", '"', "''", 'a,\x01,b', '\x0b', ';', ':', 'a\r\n b', 'a,\r\n b', 'a\tb',
];

export const MAX_AGES = [
  '600', '86400', '0', '60', '5', '99999999999999999999', ' 5 ', '+5', '-1', '1.5', 'abc', '', '60, 60', '5s', '1e2', '0x10', '00005', '-0', '2147483648', '4294967296', '18446744073709551616', '\x0b5', '5;', '"5"', ',5', '5,',
];

export const EXTRA_RESPONSE_HEADERS = [
  ['X-Foo', '1'], ['ETag', '"e"'], ['Vary', 'Origin'], ['Server', 'oracle'], ['Cache-Control', 'max-age=60'], ['Content-Language', 'en'], ['Date', 'Thu, 01 Jan 2026 00:00:00 GMT'], ['Expires', 'Thu, 01 Jan 2099 00:00:00 GMT'],
  ['Last-Modified', 'Sat, 29 Oct 1994 19:43:31 GMT'], ['Link', '<x>; rel=x'], ['Pragma', 'x'], ['Set-Cookie', 'zz=1; Max-Age=0'], ['Set-Cookie2', 'zz=1'], ['Authorization', 'resp'], ['X-Bar', '2'], ['Timing-Allow-Origin', '*'],
  ['Cross-Origin-Resource-Policy', 'same-origin'], ['Cross-Origin-Resource-Policy', 'same-site'], ['Cross-Origin-Resource-Policy', 'cross-origin'], ['Cross-Origin-Embedder-Policy', 'require-corp'], ['Cross-Origin-Opener-Policy', 'same-origin'],
  ['X-Content-Type-Options', 'nosniff'], ['Content-Security-Policy', "default-src 'none'"], ['Referrer-Policy', 'no-referrer'], ['Strict-Transport-Security', 'max-age=1'], ['Age', '1'], ['Allow', 'GET'], ['X-Empty', ''], ['X-\xe9', '1'], ['X Y', '1'],
  ['Access-Control-Allow-Private-Network', 'true'], ['Access-Control-Allow-Origins', '*'], ['Access-Control-Max-Age', '5'], ['X-Foo', '2'], ['Content-Disposition', 'attachment'], ['WWW-Authenticate', 'Negotiate'], ['Retry-After', '1'], ['Location', '/x'],
];

export const ODD_LOCATIONS = [
  '1', './1', '../ID/1', '?', '?x', 'http://', 'http://[', 'http://a b/', '//127.0.0.1:8003/t/ID/1', 'http:1', 'http:/t/ID/1', 'http:///127.0.0.1:8001/t/ID/1', 'data:,x', 'data:', 'blob:x', 'blob:http://localhost:8000/x', 'about:blank', 'about:srcdoc',
  'javascript:1', 'mailto:x', 'ftp://127.0.0.1/x', 'file:///etc/hosts', 'ws://127.0.0.1:8001/t/ID/1', 'wss://127.0.0.1:8001/t/ID/1', 'chrome://version/', 'x-custom:y', 'http://127.0.0.1:6000/', 'http://127.0.0.1:99999/', 'http://127.0.0.1:8001:80/', 'HTTP://127.0.0.1:8003/t/ID/1',
  'http://LOCALHOST:8002/t/ID/1', 'http://127.1:8003/t/ID/1', 'http://127.0.0.1:8003/t/ID/1#frag', '\t1', 'http://127.0.0.1:8003\\t\\ID\\1', 'http://127.0.0.1:8003/t/ID/1?\xe9', 'http://127.0.0.1:8003/t/ID/1?\xc3\xa9', '/t/ID/\xe9', 'http://127.0.0.1:8003/t/ID/1?a b', 'http://user@127.0.0.1:8003/t/ID/1', 'http://:pass@127.0.0.1:8003/t/ID/1', 'http://@127.0.0.1:8003/t/ID/1',
  'http://user:pass@127.0.0.1:8003/t/ID/1', 'http://user:pass@localhost:8000/t/ID/1', 'http://user:pass@127.0.0.1:8001/t/ID/1', 'http://user:pass@localhost:8002/t/ID/1', '/t/ID/1', 'http://127.0.0.1:8003/t/ID/1, http://127.0.0.1:8003/t/ID/1',
  'http://localhost:8000/t/ID/1', 'http://127.0.0.1:8001/t/ID/1', 'http://b\xe9 d/', '%31', '::',
];

export const ODD_URLS = [
  'http://user:pass@127.0.0.1:8001/t/ID/0', 'http://user:pass@localhost:8000/t/ID/0', 'http://user@localhost:8000/t/ID/0', 'http://:pass@127.0.0.1:8001/t/ID/0', 'http://@127.0.0.1:8001/t/ID/0', 'http://user:pass@localhost:8002/t/ID/0', 'data:,x', 'data:,%', 'data:x', 'data:', 'data:text/html;base64,eA==', 'data:;base64,%',
  'data:text/plain;charset=x,\u00e9', 'http://127.0.0.1:8001:80/', 'http://', 'http://[/', 'ftp://127.0.0.1/', 'file:///etc/hosts', 'file:///x', 'blob:null/x', 'blob:http://localhost:8000/x', 'blob:x', 'javascript:1', 'about:blank', 'about:srcdoc', 'about:x', 'mailto:x', 'x-custom:y', 'x-custom://y/', 'ws://127.0.0.1:8001/t/ID/0',
  'wss://127.0.0.1:8001/', 'chrome://version/', 'view-source:http://127.0.0.1:8001/', 'filesystem:http://localhost:8000/x', 'http://127.0.0.1:6000/', 'http://127.0.0.1:1/', 'http://127.0.0.1:10080/', 'http://127.0.0.1:6667/', 'http://127.0.0.1:21/', 'HTTP://127.0.0.1:8001/t/ID/0', 'http://127.1:8001/t/ID/0',
  'http://LOCALHOST:8002/t/ID/0', '/t/ID/0', 't/ID/0', '//127.0.0.1:8001/t/ID/0', '?t/ID/0', 'http:\\\\127.0.0.1:8001\\t\\ID\\0', ' http://127.0.0.1:8001/t/ID/0 ', 'ht\ntp://127.0.0.1:8001/t/ID/0', 'http://127.0.0.1:8001/t/ID/0#', 'http://127.0.0.1:8001/./t/ID/../ID/0', 'resource://x/', 'chrome-extension://x/', 'moz-extension://x/', 'urn:x', 'tel:1', 'news:x',
  'http://a b/',
];

export const INTEGRITIES = [
  'sha256-LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=', 'sha256-AAAAul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=', 'sha999-zzz', 'md5-x', 'sha256-x', 'sha256-', 'sha384-x', 'x', ' ', 'sha256-LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ= sha256-AAAAul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=',
  'sha256-LPJNul-wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=', 'SHA256-LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=', 'sha512-m3HSJL1i83hdltRq0+o9czGb+8KJDKra4t/3JRlnPKcjI8PZm6XBHXx6zG4UuMXaDEZjR1wuXDre9G9zvN7AQw==', 'sha512-AAAA sha256-LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=',
  'sha256-LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=?x', 'md5-x sha256-LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=',
];
export const BLOB_TYPES = ['text/plain', 'TEXT/plain;charset=UTF-8', 'application/json', 'image/png', 'text/plain;x="y"', 'multipart/form-data', '', 'x', 'text/', `text/plain;${'a'.repeat(120)}`, `text/plain;${'a'.repeat(116)}`, `text/plain;${'a'.repeat(117)}`, `text/plain;x=${'a'.repeat(120)}`, 'text/plain;x=\u00e9', '\u0100', 'text/plain; x', 'a b', 'application/x-www-form-urlencoded', 'text/plain;charset=utf-8', 'Text/HTML'];
