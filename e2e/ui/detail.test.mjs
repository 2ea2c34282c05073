// What can be done with one captured request: copy it, send it anew, keep it, hold it against another.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { openProxy, throughProxy } from './stage.mjs';

let stage;
let server;
let other;
let target;
let asked = [];
before(async () => {
  server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    // `/closed` permits nothing; `/open` permits everything.
    const allow = request.url.startsWith('/open') ? { 'access-control-allow-origin': '*', 'access-control-allow-methods': 'PUT', 'access-control-allow-headers': 'x-tenant' } : {};
    response.writeHead(request.method === 'OPTIONS' ? 204 : 200, { 'content-type': 'text/html', ...allow }).end(request.method === 'OPTIONS' ? undefined : `<!doctype html>\n<title>app</title>\n<p>${request.url}</p>`);
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address();
  target = `http://127.0.0.1:${port}`;
  stage = await openProxy();
  other = await throughProxy(stage.proxy);
  const app = await other.newPage();
  await app.goto(`http://localhost:${port}/`);
  for (const path of ['/closed', '/open'])
    await app.evaluate((url) => fetch(url, { method: 'PUT', credentials: 'omit', headers: { 'X-Tenant': 'blue' } }).catch(() => {}), target + path);
  await stage.page.goto(`${stage.origin}/#/traffic`);
});
after(async () => {
  await other?.close();
  await stage?.close();
  server?.close();
});

const row = (path) => stage.page.getByRole('listbox', { name: 'Requests' }).getByRole('option').filter({ hasText: `${path} ` });
const detail = () => stage.page.getByRole('region', { name: 'Details' });

test('a request is copied as a command and as code', async () => {
  const { page } = stage;
  await row('/closed').filter({ hasText: 'PUT' }).click();
  await detail().getByRole('button', { name: 'Copy as cURL' }).click();
  await detail().getByText('Copied as cURL').first().waitFor();
  const curl = await page.evaluate(() => navigator.clipboard.readText());
  assert.match(curl, /^curl /);
  assert.ok(curl.includes(`${target}/closed`), curl);
  await detail().getByRole('button', { name: 'Copy as fetch' }).click();
  await detail().getByText('Copied as fetch').first().waitFor();
  const code = await page.evaluate(() => navigator.clipboard.readText());
  assert.match(code, /^(await )?fetch\(/);
  assert.ok(code.includes(`${target}/closed`), code);
});

test('it is sent anew as the browser would: what its preflight forbids is not sent', async () => {
  asked = [];
  await row('/closed').click();
  await detail().getByRole('button', { name: 'Resend' }).click();
  await detail().getByText('Sent anew, without cookies. No: the browser blocks it').waitFor();
  assert.ok(asked.includes('OPTIONS /closed'), asked.join());
  assert.ok(!asked.includes('PUT /closed'), asked.join());

  asked = [];
  await row('/open').click();
  await detail().getByRole('button', { name: 'Resend' }).click();
  await detail().getByText('Yes: your script can read the response').waitFor();
  assert.equal(asked.filter((it) => it === 'PUT /open').length, 1, `once, whoever judges it: ${asked.join()}`);
});

test('two are compared, line by line', async () => {
  await row('/closed').click();
  await detail().getByRole('button', { name: 'Compare' }).click();
  await detail().getByRole('button', { name: 'Now choose the other' }).waitFor();
  await row('/open').click();
  await detail().getByRole('heading', { name: /^#\d+ and #\d+$/ }).waitFor();
  // One was never sent, so the other's body is all new.
  await detail().locator('.right', { hasText: '<p>/open</p>' }).waitFor();
  await detail().locator('.right', { hasText: 'access-control-allow-origin: *' }).first().waitFor();
  await detail().locator('.left', { hasText: '/closed' }).first().waitFor();
  await detail().getByRole('button', { name: 'Back' }).click();
  await detail().getByRole('button', { name: 'Resend' }).waitFor();
});

test('what is pinned stays when the list is cleared', async () => {
  const { page } = stage;
  await row('/closed').click();
  await detail().getByRole('button', { name: 'Pin' }).click();
  await row('/closed').filter({ hasText: 'pinned' }).waitFor();
  await page.getByRole('button', { name: 'Clear' }).click();
  await row('/open').waitFor({ state: 'detached' });
  await row('/closed').waitFor();
  await detail().getByRole('button', { name: 'Unpin' }).click();
});

test('nothing went wrong in the page', () => assert.deepEqual(stage.problems, []));
