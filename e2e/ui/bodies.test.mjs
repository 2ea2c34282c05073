// Bodies of every kind in the page: laid out, as bytes, as a picture, cut where they are huge, and never run.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { openProxy, throughProxy, violations } from './stage.mjs';

const PIXEL = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
const HUGE = 12_000_000;
const LONG = 'long.'.repeat(180_000);
const HOSTILE = '<img src=x onerror="parent.ran=1"><script>window.ran=1;parent.ran=1</script>\u001b[31m';
const BODIES = {
  '/items.json': ['application/json', '{"a":[1,{"b":"c"}]}'],
  '/html': ['text/html', HOSTILE],
  '/script.js': ['text/javascript', 'window.ran = 1; alert(1)'],
  '/picture.svg': ['image/svg+xml', '<svg xmlns="http://www.w3.org/2000/svg" onload="parent.ran=1"/>'],
  '/picture.png': ['image/png', PIXEL],
  '/bytes': ['application/octet-stream', Buffer.from([0, 1, 2, 0xff, 0xfe, 0x41, 0x42])],
  '/long.txt': ['text/plain', gzipSync(LONG), LONG.length],
  '/huge': ['application/json', `{"data":"${'x'.repeat(HUGE)}"}`],
};

let stage;
let server;
let other;
before(async () => {
  server = createServer((request, response) => {
    const path = new URL(request.url, 'http://x').pathname;
    const [type, body, unpacked] = BODIES[path] ?? ['text/html', '<!doctype html><title>app</title>'];
    // A value that a terminal would obey.
    response.writeHead(200, { 'content-type': type, 'access-control-allow-origin': '*', 'x-odd': 'a\tb\u009b31mc', ...(unpacked ? { 'content-encoding': 'gzip' } : {}) }).end(body);
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  stage = await openProxy();
  other = await throughProxy(stage.proxy);
  const { port } = server.address();
  const app = await other.newPage();
  await app.goto(`http://localhost:${port}/`);
  for (const [path, [, body, unpacked]] of Object.entries(BODIES)) {
    const got = await app.evaluate((url) => fetch(url).then(async (it) => (await it.arrayBuffer()).byteLength), `http://127.0.0.1:${port}${path}`);
    assert.equal(got, unpacked ?? Buffer.byteLength(body));
  }
});
after(async () => {
  await other?.close();
  await stage?.close();
  server?.close();
});

/** Opens the body of a response. */
async function body(path) {
  const { page } = stage;
  await page.goto(`${stage.origin}/#/traffic`);
  await page.getByRole('listbox', { name: 'Requests' }).getByRole('option').filter({ hasText: `${path} ` }).last().click();
  const detail = page.getByRole('region', { name: 'Details' });
  await detail.getByText(new RegExp(`${path.replace('.', '\\.')}$`)).first().waitFor();
  await detail.getByRole('tab', { name: 'Exchanges' }).click();
  await detail.getByRole('button', { name: /^Body/ }).last().click();
  await detail.getByText(/on the wire/).waitFor();
  return detail;
}
const text = () => stage.page.getByRole('region', { name: 'Body' }).innerText();

test('JSON is laid out, and shown as it was sent and as bytes on demand', async () => {
  const detail = await body('/items.json');
  assert.match(await text(), /\{\n {2}"a": \[\n {4}1,/);
  await detail.getByRole('button', { name: 'As sent' }).click();
  assert.equal(await text(), '{"a":[1,{"b":"c"}]}');
  await detail.getByRole('button', { name: 'Bytes' }).click();
  assert.match(await text(), /^000000 {2}7b 22 61 22 3a 5b 31 2c .*\{"a":\[1,\{"b":"c"/);
});

test('what is no text is shown as bytes, and a picture as a picture', async () => {
  await body('/bytes');
  assert.match(await text(), /^000000 {2}00 01 02 ff fe 41 42 +\.\.\.\.\.AB/);
  const detail = await body('/picture.png');
  const picture = detail.getByRole('img', { name: 'The body' });
  await picture.waitFor();
  await stage.page.waitForFunction(() => document.querySelector('img[alt="The body"]')?.naturalWidth === 1);
});

test('HTML, scripts and SVG are text: nothing of them is run', async () => {
  for (const [path, part] of [['/html', 'onerror='], ['/script.js', 'alert(1)'], ['/picture.svg', 'onload=']]) {
    await body(path);
    assert.ok((await text()).includes(part), path);
    await stage.page.waitForTimeout(100);
    assert.equal(await stage.page.evaluate(() => globalThis.ran), undefined, path);
    assert.equal(await stage.page.locator('iframe').count(), 0);
  }
  assert.deepEqual(await violations(stage.page), []);
});

test('a control character in a header is seen, and not obeyed', async () => {
  const detail = await body('/items.json');
  assert.match(await detail.innerText(), /x-odd: a\u2409b\ufffd31mc/i);
});

test('a huge body is cut, says so, and leaves the page quick', async () => {
  await body('/huge');
  const { page } = stage;
  assert.ok((await text()).length <= 200_000);
  await page.getByText('cut short here').waitFor();
  const took = await page.evaluate(async () => {
    const began = performance.now();
    for (let frame = 0; frame < 5; frame++) await new Promise(requestAnimationFrame);
    return performance.now() - began;
  });
  assert.ok(took < 2000, `five frames took ${took} ms`);
});

test('a body that is long when it is unpacked shows its beginning first, and all of it on demand', async () => {
  const detail = await body('/long.txt');
  await detail.getByText('shown without gzip').waitFor();
  await detail.getByText('That is its beginning.').waitFor();
  assert.equal((await text()).length, 200_000);
  await detail.getByRole('button', { name: /^Show all/ }).click();
  await detail.getByText('That is its beginning.').waitFor({ state: 'detached' });
  assert.equal((await text()).length, LONG.length);
});

test('nothing went wrong in the page', () => assert.deepEqual(stage.problems, []));
