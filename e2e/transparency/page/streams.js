// What comes bit by bit: streamed bodies, aborts, server-sent events, WebSockets.
import { add, bodyOf, next, noise } from '/tools.js';

add('pieces come as they are sent', async ({ at, open }) => {
  const reader = (await fetch(at('/pieces'))).body.pipeThrough(new TextDecoderStream()).getReader();
  const pieces = [];
  let text = '';
  for (const name of ['first', 'second', 'third']) {
    while (!text.includes(name)) text += (await reader.read()).value;
    pieces.push(text);
    await open(name); // only now does the server send the next one
  }
  for (let part = await reader.read(); !part.done; part = await reader.read()) text += part.value;
  return [...pieces, text];
});

add('an abort reaches the server', async ({ at, name }) => {
  const stop = new AbortController();
  const response = await fetch(at('/until-aborted'), { signal: stop.signal });
  const reader = response.body.getReader();
  const { value } = await reader.read();
  stop.abort();
  const end = await reader.read().catch((error) => error.name);
  const heard = await (await fetch(at('/was', { case: 'gates', of: `${name} aborted` }))).text();
  return { begun: await bodyOf(value.buffer), end, heard };
});

/** What EventSource tells until it gives up, or the event of the name `last` has come. */
async function events(url, { last, onEvent = () => {}, ...init } = {}) {
  const source = new EventSource(url, init);
  const told = [];
  await new Promise((resolve) => {
    const tell = (event) => {
      const { type, data, lastEventId } = event;
      told.push(data === undefined ? `${type} (${source.readyState})` : { type, data, lastEventId });
      onEvent(type);
      if (source.readyState === EventSource.CLOSED || type === last) resolve();
    };
    for (const kind of ['open', 'message', 'named', 'error']) source.addEventListener(kind, tell);
  });
  source.close();
  return told;
}

add('SSE', ({ at, open }) => events(at('/events'), { onEvent: (type) => type === 'named' && open('named') }));
add('SSE with credentials', ({ at, open }) =>
  events(at('/events'), { withCredentials: true, onEvent: (type) => type === 'named' && open('named') }));
add('SSE in bits', ({ at }) => events(at('/events-in-bits'), { last: 'message' }));
add('SSE of another type', ({ at }) => events(at('/no-events')));
add('SSE that CORS refuses', ({ at }) => events(at('/events', { closed: '' }), { last: 'error' }), ['https', 'h2']);
add('SSE that is not found', ({ at }) => events(at('/status', { code: 404 })));

/** What a WebSocket tells when these are sent, one after the answer to the other. */
async function socket({ at }, messages, { parameters, protocols, binary = 'arraybuffer' } = {}) {
  const url = at('/socket', parameters).replace(/^http/, 'ws');
  const ws = new WebSocket(url, protocols);
  ws.binaryType = binary;
  const told = [];
  const end = next(ws, 'close');
  for (const kind of ['open', 'error']) ws.addEventListener(kind, () => told.push(`${kind} ${ws.protocol} ${ws.extensions}`));
  if ((await next(ws, 'open', 'error', 'close')).type === 'open') {
    for (const message of messages) {
      const answer = next(ws, 'message', 'close');
      if (message.close) ws.close(...message.close);
      else ws.send(message);
      const { data } = await answer;
      if (data !== undefined) told.push(typeof data === 'string' && data.length < 120 ? data : await bodyOf(typeof data === 'string' ? new TextEncoder().encode(data) : data));
    }
    if (ws.readyState === WebSocket.OPEN) ws.close();
  }
  const { code, reason, wasClean } = await end;
  told.push({ code, reason, wasClean });
  return told;
}

add('WebSocket echo', (it) => socket(it, ['hello', '', 'ä€😀', noise(10), noise(70_000)]));
add('WebSocket with large messages', (it) => socket(it, ['x'.repeat(1_000_000), noise(1_000_000)]));
add('WebSocket with a subprotocol', (it) => socket(it, ['hello'], { protocols: ['one.v1', 'two.v1'] }));
add('WebSocket that is deflated', (it) => socket(it, ['hello '.repeat(5000), noise(70_000), 'short'], { parameters: { deflate: '' } }));
add('WebSocket with a ping', (it) => socket(it, ['ping abc']));
add('WebSocket with a message in pieces', (it) => socket(it, ['pieces']));
add('WebSocket closed by the page', (it) => socket(it, ['hello', { close: [3001, 'my reason'] }]));
add('WebSocket closed by the server', (it) => socket(it, ['close 4002 its-reason']));
add('WebSocket closed as going away', (it) => socket(it, ['close 1001']));
add('WebSocket that vanishes', (it) => socket(it, ['vanish']));
// Whether the page learns first that it was open is a race in the browser.
add('WebSocket that vanishes at once', async (it) => (await socket(it, [], { parameters: { drop: '' } })).at(-1));
add('WebSocket that is refused', (it) => socket(it, [], { parameters: { refuse: '' } }));
