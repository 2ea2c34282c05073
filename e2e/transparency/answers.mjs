// What the server says to each path of the suite.
import { once } from 'node:events';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';

const TEXT = 'The quick brown fox jumps over the lazy dog.\n';
const LONG = Buffer.from(TEXT.repeat(2000));

/** Bytes that look random and are not. */
function noise(length) {
  const bytes = Buffer.alloc(length);
  let state = 1;
  for (let at = 0; at < length; at += 1) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    bytes[at] = state >>> 16;
  }
  return bytes;
}

/** One raw block in a zstd frame: Node 20 cannot pack this itself. */
function zstd(text) {
  const bytes = Buffer.from(text);
  const block = Buffer.alloc(3);
  block.writeUIntLE((bytes.length << 3) | 1, 0, 3);
  return Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x20, bytes.length]), block, bytes]);
}

const PACKED = {
  gzip: gzipSync(LONG),
  deflate: deflateSync(LONG),
  br: brotliCompressSync(LONG),
  zstd: zstd(TEXT),
  torn: gzipSync(LONG).subarray(0, 200),
  broken: Buffer.from('this was never packed'),
  twice: gzipSync(gzipSync(TEXT)),
};

/** Answers that no library lets out: `@` is where CORS headers go. HTTP/1.1 only. */
const RAW = {
  'odd-chunks': 'HTTP/1.1 200 OK\r\n@Transfer-Encoding: chunked\r\n\r\n1;name=value\r\nA\r\n00003\r\nBCD\r\n0a \r\n0123456789\r\n0\r\n\r\n',
  'trailers': 'HTTP/1.1 200 OK\r\n@Trailer: X-Trailer\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-Trailer: sum\r\nX-Two: 2\r\n\r\n',
  'http-1.0': 'HTTP/1.0 200 OK\r\n@Content-Type: text/plain\r\n\r\nuntil the end',
  'no-length': 'HTTP/1.1 200 OK\r\n@\r\nuntil the end',
  'own-words': 'HTTP/1.1 299 As Server Likes\r\n@Content-Length: 2\r\n\r\nok',
  'no-reason': 'HTTP/1.1 200\r\n@Content-Length: 2\r\n\r\nok',
  'latin-reason': 'HTTP/1.1 200 Schön\r\n@Content-Length: 2\r\n\r\nok',
  'spelling': 'HTTP/1.1 200 OK\r\n@x-TWICE: a\r\nX-One:1\r\nX-Twice:   b  \r\nx-two:\t2\t\r\nX-EMPTY:\r\nX-Latin: Größe\r\nContent-Length: 2\r\n\r\nok',
  'folded': 'HTTP/1.1 200 OK\r\n@X-One: a\r\n  b\r\nContent-Length: 2\r\n\r\nok',
  'bare-lf': 'HTTP/1.1 200 OK\n@X-One: a\nContent-Length: 2\n\nok',
  'nameless': 'HTTP/1.1 200 OK\r\n@: nameless\r\nno colon at all\r\nX-One: 1\r\nContent-Length: 2\r\n\r\nok',
  'same-lengths': 'HTTP/1.1 200 OK\r\n@Content-Length: 2\r\nContent-Length: 2\r\n\r\nok',
  'three-interim': 'HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x.css>; rel=preload; as=style\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n@Content-Length: 2\r\n\r\nok',
  'short-body': 'HTTP/1.1 200 OK\r\n@Content-Length: 100\r\n\r\nonly this',
  'unended-chunks': 'HTTP/1.1 200 OK\r\n@Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n',
  'bad-chunk': 'HTTP/1.1 200 OK\r\n@Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\n',
  'different-lengths': 'HTTP/1.1 200 OK\r\n@Content-Length: 2\r\nContent-Length: 3\r\n\r\nok!',
  'both-lengths': 'HTTP/1.1 200 OK\r\n@Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n',
  'no-http': 'SSH-2.0-OpenSSH_9.2\r\n',
  'nothing': '',
};

const wait = ({ gate, query }, name) => gate(`${query.get('case')} ${name}`).promise;

function events(it) {
  it.response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
  return it.response;
}

const isHttp2 = ({ request }) => request.httpVersionMajor === 2;

export const answers = {
  '/text': ({ response }) => response.writeHead(200, { 'Content-Type': 'text/plain', 'X-One': '1', 'X-Hidden': 'h', ETag: '"e"' }).end(TEXT),
  '/status': ({ response, query }) => response.writeHead(Number(query.get('code')), { 'X-One': '1' }).end(query.get('body') ?? undefined),
  '/echo': ({ request, response, body }) => response.end(`${request.method}: ${/multipart/.test(request.headers['content-type']) ? 'a form' : body.length}`),
  '/json': ({ response }) => response.writeHead(200, { 'Content-Type': 'application/json' }).end('{"a": [1, "ä"]}'),
  '/large': ({ response, query }) => response.writeHead(200, { 'Content-Type': 'application/octet-stream' }).end(noise(Number(query.get('bytes')))),
  '/packed': ({ response, query }) => {
    const how = query.get('how');
    const coding = { torn: 'gzip', broken: 'gzip', twice: 'gzip, gzip' }[how] ?? how;
    response.setHeader('Content-Type', 'text/plain');
    response.setHeader('Content-Encoding', coding);
    if (query.has('length')) response.setHeader('Content-Length', PACKED[how].length);
    if (!query.has('length')) response.write(PACKED[how].subarray(0, 10));
    response.end(query.has('length') ? PACKED[how] : PACKED[how].subarray(10));
  },
  '/headers': ({ response, query }) => {
    const [count, bytes] = [Number(query.get('count')), Number(query.get('bytes'))];
    for (let at = 0; at < count; at += 1) response.setHeader(`X-Large-${at}`, 'v'.repeat(bytes));
    response.end('ok');
  },
  '/range': ({ request, response }) => {
    const asked = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
    const headers = { 'Accept-Ranges': 'bytes', ETag: '"range"', 'Content-Type': 'text/plain' };
    if (!asked) return response.writeHead(200, headers).end(LONG);
    const [from, to] = [Number(asked[1]), Number(asked[2] || LONG.length - 1)];
    if (from >= LONG.length) return response.writeHead(416, { ...headers, 'Content-Range': `bytes */${LONG.length}` }).end();
    const part = LONG.subarray(from, to + 1);
    return response.writeHead(206, { ...headers, 'Content-Range': `bytes ${from}-${to}/${LONG.length}`, 'Content-Length': part.length }).end(part);
  },
  '/etag': ({ request, response, times }) => {
    const headers = { ETag: '"same"', 'X-One': String(times), 'Cache-Control': 'max-age=0' };
    if (request.headers['if-none-match'] === '"same"') return response.writeHead(304, headers).end();
    return response.writeHead(200, headers).end(TEXT);
  },
  '/fresh': ({ response, times }) => response.writeHead(200, { 'Cache-Control': 'max-age=600', 'X-One': String(times) }).end(TEXT),
  '/redirect': ({ response, query }) => response.writeHead(Number(query.get('code')), { Location: query.get('to'), 'X-One': '1' }).end(),
  '/loop': ({ request, response }) => response.writeHead(302, { Location: request.url }).end(),
  '/cookies': ({ response, query }) => {
    const name = query.get('case').replaceAll(/\W/g, '-');
    response.setHeader('Set-Cookie', [`${name}-a=1; Path=/cookies`, `${name}-b="two words"; Path=/cookies; HttpOnly`, `${name}-c=3; Path=/elsewhere`]);
    response.end('ok');
  },
  '/trailers': ({ response }) => {
    response.writeHead(200, { Trailer: 'X-Trailer' });
    response.write('body ');
    response.addTrailers({ 'X-Trailer': 'sum' });
    response.end('end');
  },
  '/early': (it) => {
    const { response } = it;
    response.writeEarlyHints({ link: '</text?case=early>; rel=preload; as=fetch' });
    if (isHttp2(it)) response.stream.additionalHeaders({ ':status': 102 });
    else response.writeProcessing();
    response.writeHead(200, { 'X-One': 'after' }).end('final');
  },
  '/pieces': async (it) => {
    it.response.writeHead(200, { 'Content-Type': 'text/plain' });
    for (const piece of ['first', 'second', 'third']) {
      it.response.write(`${piece} `);
      await wait(it, piece); // nothing more comes before the page has seen this
    }
    it.response.end('end');
  },
  '/open': ({ gate, query, response }) => {
    gate(`${query.get('of')} ${query.get('name')}`).resolve();
    response.writeHead(204).end();
  },
  '/until-aborted': async (it) => {
    it.response.writeHead(200, { 'Content-Type': 'text/plain' });
    it.response.write('begun ');
    await once(it.response, 'close');
    it.gate(`${it.query.get('case')} aborted`).resolve();
  },
  '/beacon': ({ gate, query, response }) => {
    gate(`${query.get('case')} beacon`).resolve();
    response.writeHead(204).end();
  },
  '/was': async ({ gate, query, response }) => {
    await gate(query.get('of')).promise;
    response.end('it was');
  },
  '/timing': ({ response }) => response.writeHead(200, { 'Server-Timing': 'db;dur=12;desc="the base"' }).end('ok'),
  '/private': ({ response }) => response.writeHead(401, { 'WWW-Authenticate': 'Bearer realm="x"' }).end('who?'),
  '/raw': ({ request, query }) => {
    // Whoever is not told of the end may send the next request into it, and once more.
    const grants = ['Access-Control-Allow-Origin: *', 'Access-Control-Expose-Headers: *', 'Connection: close'];
    const end = query.get('how') === 'bare-lf' ? '\n' : '\r\n';
    const text = RAW[query.get('how')].replace('@', grants.map((line) => line + end).join(''));
    request.socket.end(Buffer.from(text, 'latin1'));
  },
  '/reset': ({ request }) => request.socket.resetAndDestroy(),
  '/reset-in-body': async (it) => {
    const { request, response } = it;
    response.writeHead(200, { 'Content-Length': 1000 });
    response.write('begun');
    await wait(it, 'head');
    if (response.stream) response.stream.close(2);
    else request.socket.destroySoon();
  },
  '/events': (it) => {
    const { request, times } = it;
    if (times > 1) {
      it.note(`Last-Event-ID ${request.headers['last-event-id']}`);
      return it.response.writeHead(204).end(); // no more of it
    }
    const out = events(it);
    out.write(': a comment\n\nretry: 10\n\nid: 1\ndata: one\ndata: line two\n\nevent: named\nid: 2\ndata: {"ä": 1}\n\n');
    return wait(it, 'named').then(() => out.end('data: cut off without its empty line'));
  },
  '/events-in-bits': async (it) => {
    if (it.times > 1) return it.response.writeHead(204).end();
    const out = events(it);
    for (const [at, bit] of ['data: a', 'b\r', '\ndata:c\r\n', '\r\ndata: €'].entries()) {
      await new Promise((written) => out.write(bit, written));
      if (at === 3) out.end('\n\n');
    }
    return undefined;
  },
  '/no-events': ({ response }) => response.writeHead(200, { 'Content-Type': 'text/plain' }).end('data: x\n\n'),
  '/script': ({ response }) => response.writeHead(200, { 'Content-Type': 'text/javascript' }).end('globalThis.scripted = 42;'),
  '/style': ({ response }) => response.writeHead(200, { 'Content-Type': 'text/css' }).end('.styled { color: rgb(1, 2, 3); }'),
  '/image': ({ response }) => response.writeHead(200, { 'Content-Type': 'image/svg+xml' }).end('<svg xmlns="http://www.w3.org/2000/svg" width="7" height="5"/>'),
  '/frame': ({ response, request, body }) => {
    const text = JSON.stringify({ method: request.method, bytes: body.length });
    response.writeHead(200, { 'Content-Type': 'text/html' }).end(`<!doctype html><script>parent.postMessage(${text}, "*")</script>`);
  },
};
