// Many small requests of a page through a proxy, to a server of its own: node e2e/ui/load.mjs PROXY COUNT [PER_SECOND]
// Prints one line of JSON: how long it took, and when each response was there (milliseconds since the
// Unix epoch, by the request's number).
import { Agent, createServer, request } from 'node:http';

const [proxy, counted, paced] = process.argv.slice(2);
const [host, port] = proxy.split(':');
const count = Number(counted);
const perSecond = paced ? Number(paced) : Infinity;
const AT_ONCE = 24;
const ORIGIN = 'https://app.example.com';

const server = createServer((asked, reply) => {
  const headers = { 'content-type': 'application/json' };
  // Half of them are blocked: rows with a cause cost more than rows without one.
  if (Number(/\d+$/.exec(asked.url)?.[0]) % 2) Object.assign(headers, { 'access-control-allow-origin': ORIGIN, 'access-control-allow-credentials': 'true' });
  reply.writeHead(200, headers).end('{}');
});
await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
const target = `http://127.0.0.1:${server.address().port}`;
const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
const headers = {
  host: target.slice('http://'.length),
  origin: ORIGIN,
  'sec-fetch-mode': 'cors',
  'sec-fetch-site': 'cross-site',
  'sec-fetch-dest': 'empty',
  'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
};
const done = new Array(count);
const ask = (number) =>
  new Promise((resolve, reject) => {
    request({ host, port, agent, headers, path: `${target}/items/${number}` }, (response) => {
      response.resume();
      response.on('end', () => {
        done[number] = performance.timeOrigin + performance.now();
        resolve();
      });
    })
      .on('error', reject)
      .end();
  });

const began = performance.now();
let next = 0;
async function worker() {
  while (next < count) {
    const number = next++;
    const due = began + (number / perSecond) * 1000;
    const early = due - performance.now();
    if (early > 1) await new Promise((resolve) => setTimeout(resolve, early));
    await ask(number);
  }
}
await Promise.all(Array.from({ length: AT_ONCE }, worker));
console.log(JSON.stringify({ ms: performance.now() - began, done }));
agent.destroy();
server.close();
