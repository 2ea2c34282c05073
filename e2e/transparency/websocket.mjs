// A WebSocket server of just what the suite needs, down to single frames.
import { createHash } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';

const TEXT = 1, CLOSE = 8, PING = 9, PONG = 10;
const TAIL = Buffer.from([0, 0, 0xff, 0xff]);

export function upgrade(request, socket) {
  const { searchParams } = new URL(request.url, 'http://localhost');
  if (searchParams.has('refuse')) {
    return socket.end('HTTP/1.1 403 Forbidden\r\nX-One: no\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno');
  }
  const accept = createHash('sha1')
    .update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
    .digest('base64');
  const head = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade', `Sec-WebSocket-Accept: ${accept}`];
  const wanted = request.headers['sec-websocket-protocol'];
  if (wanted) head.push(`Sec-WebSocket-Protocol: ${wanted.split(/, */).at(-1)}`);
  const deflates = searchParams.has('deflate');
  if (deflates) head.push('Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; client_no_context_takeover');
  socket.write(`${head.join('\r\n')}\r\n\r\n`);
  if (searchParams.has('drop')) return socket.destroy();
  const peer = { socket, deflates, held: Buffer.alloc(0), parts: [], packed: false, kind: 0 };
  socket.on('data', (bytes) => {
    peer.held = Buffer.concat([peer.held, bytes]);
    for (let frame = take(peer); frame; frame = take(peer)) receive(peer, frame);
  });
  return undefined;
}

/** The next whole frame of what was received. */
function take(peer) {
  const { held } = peer;
  if (held.length < 2) return undefined;
  let length = held[1] & 127;
  let at = 2;
  if (length === 126) [length, at] = [held.length < 4 ? Infinity : held.readUInt16BE(2), 4];
  else if (length === 127) [length, at] = [held.length < 10 ? Infinity : Number(held.readBigUInt64BE(2)), 10];
  if (held.length < at + 4 + length) return undefined;
  const mask = held.subarray(at, at + 4);
  const payload = Buffer.from(held.subarray(at + 4, at + 4 + length));
  for (let index = 0; index < length; index += 1) payload[index] ^= mask[index & 3];
  peer.held = held.subarray(at + 4 + length);
  return { last: held[0] >= 128, packed: (held[0] & 64) !== 0, kind: held[0] & 15, payload };
}

function receive(peer, { last, packed, kind, payload }) {
  if (kind === PONG) return send(peer, TEXT, `pong ${payload}`);
  if (kind === PING) return frame(peer.socket, PONG, payload);
  if (kind === CLOSE) {
    frame(peer.socket, CLOSE, payload);
    return peer.socket.end();
  }
  if (kind !== 0) Object.assign(peer, { kind, packed });
  peer.parts.push(payload);
  if (!last) return undefined;
  let message = Buffer.concat(peer.parts.splice(0));
  if (peer.packed) message = inflateRawSync(Buffer.concat([message, TAIL]), { finishFlush: 2 });
  return obey(peer, message);
}

function obey(peer, message) {
  const [word, code, reason] = peer.kind === TEXT ? String(message).split(' ') : [];
  if (word === 'close') {
    const text = Buffer.from(`  ${reason ?? ''}`);
    text.writeUInt16BE(Number(code));
    return frame(peer.socket, CLOSE, text);
  }
  if (word === 'vanish') return peer.socket.destroy();
  if (word === 'ping') return frame(peer.socket, PING, Buffer.from(code));
  if (word === 'pieces') {
    const parts = ['one ', 'two ', 'three'];
    return parts.forEach((part, index) => frame(peer.socket, index === 0 ? TEXT : 0, Buffer.from(part), index === 2));
  }
  return send(peer, peer.kind, message);
}

function send(peer, kind, data) {
  const bytes = Buffer.from(data);
  if (!peer.deflates) return frame(peer.socket, kind, bytes);
  const packed = deflateRawSync(bytes, { finishFlush: 2 });
  return frame(peer.socket, kind | 64, packed.subarray(0, packed.length - TAIL.length));
}

function frame(socket, kind, payload, last = true) {
  const { length } = payload;
  let head = Buffer.from([kind | (last ? 128 : 0), length]);
  if (length > 65_535) {
    head = Buffer.alloc(10);
    head[1] = 127;
    head.writeBigUInt64BE(BigInt(length), 2);
  } else if (length > 125) {
    head = Buffer.alloc(4);
    head[1] = 126;
    head.writeUInt16BE(length, 2);
  }
  head[0] = kind | (last ? 128 : 0);
  socket.write(Buffer.concat([head, payload]));
}

