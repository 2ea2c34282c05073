// Live traffic: a second real browser, whose requests pass through the program that the page belongs to.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { demo, openProxy, throughProxy, violations } from './stage.mjs';

let stage;
let target;
let other;
before(async () => {
  [stage, target] = await Promise.all([openProxy(), demo()]);
  other = await throughProxy(stage.proxy);
});
after(async () => {
  await other?.close();
  await stage?.close();
  await target?.close();
});

/** The demo's page in the other browser. */
async function failing() {
  const page = await other.newPage();
  await page.goto(`${target.origin}/try`);
  await page.locator('article').first().waitFor();
  return page;
}

/** Has the other browser make one request of the demo; gives what its script was told. */
async function attempt(page, path) {
  const article = page.locator('article', { has: page.locator('p', { hasText: new RegExp(`^${path} · `) }) });
  await article.getByRole('button', { name: 'Try' }).click();
  const result = article.locator('p').nth(1);
  await result.filter({ hasNotText: '…' }).waitFor();
  return { tone: await result.getAttribute('class'), text: await result.innerText() };
}

const requests = () => stage.page.getByRole('listbox', { name: 'Requests' });
const rowOf = (path) => requests().getByRole('option').filter({ hasText: `${path} ` }).last();

async function traffic() {
  await stage.page.goto(`${stage.origin}/#/traffic`);
  await requests().waitFor();
}

test('from the red error to the cause, the fix that works, and the recipe', async () => {
  const { page } = stage;
  await traffic();
  const app = await failing();
  const first = await attempt(app, '/acah-header-missing');
  assert.equal(first.tone, 'bad');
  assert.match(first.text, /Failed to fetch/);

  const row = rowOf('/acah-header-missing');
  await row.getByText('acah-header-missing', { exact: true }).waitFor();
  assert.match(await row.innerText(), /blocked/i);
  await row.click();
  const detail = page.getByRole('region', { name: 'Details' });
  await detail.getByRole('button', { name: 'Make it pass' }).waitFor();
  assert.match(await detail.locator('.headline').innerText(), /x-demo/i);
  assert.match(await detail.innerText(), /It stops at: preflight/i);

  await detail.getByRole('button', { name: 'Make it pass' }).click();
  await detail.getByText('It passes from now on').waitFor();
  const second = await attempt(app, '/acah-header-missing');
  assert.equal(second.tone, 'good', second.text);
  assert.match(second.text, /status 200/);
  const passed = rowOf('/acah-header-missing');
  await passed.filter({ hasText: 'modified' }).filter({ hasText: /allowed/i }).waitFor();

  await detail.getByRole('button', { name: 'Show the recipe' }).click();
  await detail.getByRole('button', { name: 'Copy recipe' }).click();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  assert.match(copied, /x-demo/i);
  assert.match(copied, /Access-Control-Allow-Headers/);
  await app.close();
});

test('what waits at a breakpoint is edited, and the other browser gets it', async () => {
  const { page } = stage;
  await page.goto(`${stage.origin}/#/rewrites`);
  await page.getByRole('button', { name: 'New…' }).click();
  await page.getByLabel('What to do').selectOption('pause-failing');
  await page.getByLabel('Path').fill('/acao-missing');
  await page.getByRole('button', { name: 'Put in force' }).click();
  const inForce = page.getByRole('region', { name: 'In force' });
  await inForce.getByText('Hold responses that CORS blocks').waitFor();

  const app = await failing();
  // Not by the demo's button, which has patience for seconds only.
  const told = app.evaluate((url) => fetch(url).then((response) => `status ${response.status}`, String), `${target.origin}/acao-missing`);
  await page.getByRole('link', { name: /1 held/ }).waitFor();
  const held = page.getByRole('button', { name: /acao-missing → 200/ });
  assert.equal(await page.evaluate(() => document.activeElement?.closest('.opened')), null, 'focus stays where it was');
  await held.click();
  const headers = page.getByLabel('Headers, one a line');
  const foretold = page.getByRole('status').filter({ hasText: 'script can read the response' });
  await page.getByText('No: the browser blocks it').waitFor();
  assert.equal(await foretold.count(), 0);
  for (const colorScheme of ['dark', 'light']) {
    await page.emulateMedia({ colorScheme });
    assert.deepEqual(await violations(page), [], `a held response, ${colorScheme}`);
  }
  await headers.fill(`${await headers.inputValue()}\nAccess-Control-Allow-Origin: ${new URL(app.url()).origin}`);
  await foretold.waitFor(); // the verdict follows the edit
  await page.getByText('What you change').click();
  await page.locator('.right', { hasText: 'Access-Control-Allow-Origin' }).waitFor();
  await page.getByRole('button', { name: 'Go on as edited' }).click();
  assert.equal(await told, 'status 200');

  // The original stands beside what the browser got.
  await traffic();
  await rowOf('/acao-missing').click();
  const detail = page.getByRole('region', { name: 'Details' });
  await detail.getByRole('tab', { name: 'Exchanges' }).click();
  await detail.getByText(/modified|changed/i).first().waitFor();

  // Off means off, for all.
  await page.getByRole('switch', { name: /rewrites and breakpoints/ }).click();
  assert.equal((await attempt(app, '/acao-missing')).tone, 'bad');
  await page.getByRole('switch', { name: /rewrites and breakpoints/ }).click();
  await app.close();
});

test('a filter, a pause, and the keyboard', async () => {
  const { page } = stage;
  await traffic();
  const app = await failing();
  for (const path of ['/public', '/acao-host-mismatch', '/healthy-error']) await attempt(app, path);
  await page.keyboard.press('/');
  await page.locator('input:focus').fill('cors:fial');
  await page.getByRole('alert').or(page.locator('.fault')).filter({ hasText: /fail/ }).first().waitFor();
  await page.locator('input:focus').fill('cors:fail');
  await page.waitForFunction(() => [...document.querySelectorAll('.box [role=option]')].every((row) => /blocked/i.test(row.innerText)));
  assert.ok((await requests().getByRole('option').count()) > 0);
  await page.locator('input:focus').fill('');
  await page.keyboard.press('Escape');
  await requests().focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('Enter');
  const opened = page.getByRole('region', { name: 'Details' });
  await opened.waitFor();
  const before = page.url();
  await requests().focus();
  await page.keyboard.press('j');
  await page.waitForFunction((url) => location.href !== url, before);
  await page.keyboard.press('Escape');
  await opened.waitFor({ state: 'detached' });

  await page.keyboard.press('p');
  await page.getByRole('button', { name: 'Go on', exact: true }).waitFor();
  await page.waitForTimeout(400); // an answer that was on its way
  const count = await page.getByText(/\d+ requests/).innerText();
  await attempt(app, '/public');
  await page.waitForTimeout(400);
  assert.equal(await page.getByText(/\d+ requests/).innerText(), count);
  await page.keyboard.press('p');
  await page.waitForFunction((old) => !document.body.innerText.includes(old), count);
  await app.close();
});

test('a reload keeps the place, and a stranger gets nothing', async () => {
  const { page } = stage;
  await traffic();
  await requests().getByRole('option').first().click();
  await page.getByRole('region', { name: 'Details' }).waitFor();
  const url = page.url();
  await page.reload();
  await page.getByRole('region', { name: 'Details' }).waitFor();
  assert.equal(page.url(), url);

  const strange = await other.newPage(); // through the proxy, where the API must not be reached
  const answer = await strange.goto(`${stage.origin}/api/captures`);
  assert.equal(answer.status(), 508);
  await strange.close();
});

test('no request of the page was refused, and nothing was written to its console', () => {
  assert.deepEqual(stage.problems, []);
});
