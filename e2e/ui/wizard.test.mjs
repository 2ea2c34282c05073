// The wizard, through the real program and a real browser.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { BLOCKED, open, run, settled, show } from './stage.mjs';

let stage;
let demo;
before(async () => {
  stage = await open();
  demo = run(['demo', '--port', '0', '--quiet'], /http:\S+/);
  demo.url = await demo.found;
});
after(async () => {
  await stage?.close();
  demo?.child.kill('SIGINT');
});

const verdict = () => stage.page.locator('#verdict').innerText();

/** Waits until a part of the page says this: a busy machine is no reason to fail. */
async function says(part, wanted) {
  const says = ([part, source, flags]) => new RegExp(source, flags).test(document.querySelector(part)?.innerText ?? '');
  await stage.page
    .waitForFunction(says, [part, wanted.source, wanted.flags], { timeout: 15_000 })
    .catch(async () => assert.match(await stage.page.locator(part).innerText(), wanted));
}

test('the whole way by keyboard alone', async () => {
  const { page } = stage;
  await page.goto(`${stage.origin}/#/wizard`);
  await page.reload();
  await page.locator('#page-url:focus').waitFor();
  await page.keyboard.type('http://localhost:3000/');
  await page.keyboard.press('Enter');
  await page.locator('#target-url:focus').waitFor();
  await page.keyboard.type('https://api.example.com/items');
  await page.keyboard.press('Enter');
  await page.locator('#method:focus').waitFor();
  await page.keyboard.type('PUT');
  await settled(page);
  await says('#verdict', /depends on what the server answers/);
  await page.keyboard.press('Enter'); // credentials
  await page.locator('input[name=credentials]:focus').waitFor();
  await page.keyboard.press('ArrowDown');
  assert.equal(await page.locator('input[name=credentials]:checked').inputValue(), 'include');
  await page.keyboard.press('Alt+ArrowDown'); // headers
  await page.locator('#header-add:focus').waitFor();
  await page.keyboard.press('Enter');
  await page.locator('#header-name-0:focus').waitFor();
  await page.keyboard.type('X-Tenant');
  await page.keyboard.press('Tab');
  await page.keyboard.type('blue');
  await page.keyboard.press('Enter'); // body
  await page.keyboard.press('Alt+ArrowDown'); // extras
  await page.keyboard.press('Alt+ArrowDown'); // the preflight's answer
  await page.locator('button:focus', { hasText: 'Fill in an answer' }).waitFor();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Alt+ArrowDown'); // the request's answer
  await page.locator('#step-answer-0[aria-expanded=true]').waitFor();
  await page.locator('button:focus', { hasText: 'Fill in an answer' }).waitFor();
  await page.keyboard.press('Enter');
  await settled(page);
  await says('#verdict', /Yes: your script can read the response/);
  for (const browser of ['Chrome', 'Firefox', 'Safari', 'The standard'])
    assert.match(await page.locator('.browsers button', { hasText: browser }).innerText(), /allowed/);
  // Answers are changed out of order, and the verdict follows.
  await page.locator('#step-page').focus();
  await page.keyboard.press('Enter');
  await page.locator('#page-url:focus').waitFor();
  await page.keyboard.press('Control+A');
  await page.keyboard.type('http://localhost:4000/');
  await settled(page);
  await says('#verdict', /No: the browser blocks it/);
});

test('a blocked scenario shows why, the guilty bytes, and how to mend it', async () => {
  const { page } = stage;
  await show(stage, BLOCKED);
  await says('#verdict', /preflight-acao-wildcard-with-credentials/);
  assert.equal(await page.locator('mark').first().innerText(), '*');
  await page.getByText('3 more problems wait behind it').waitFor();
  assert.match(await page.locator('.console').innerText(), /must not be the wildcard/);
  await page.getByRole('tab', { name: 'What the server must answer' }).click();
  await page.getByLabel('As configuration for').selectOption('express');
  await page.getByText('corsPolicy').waitFor();
  await page.getByRole('tab', { name: 'Your code' }).click();
  assert.match(await page.locator('pre', { hasText: 'axios' }).innerText(), /withCredentials: true/);
  await page.getByRole('tab', { name: 'Steps of the standard' }).click();
  await page.locator('.failed', { hasText: 'cors-check' }).waitFor();
  await page.getByRole('button', { name: 'Make it pass' }).click();
  await settled(page);
  await says('#verdict', /^Yes/m);
});

test('a link is the state, and one made by hand is refused with a reason', async () => {
  const { page } = stage;
  await show(stage, BLOCKED);
  await page.waitForTimeout(400);
  await page.reload();
  await page.locator('#verdict').waitFor();
  await says('#verdict', /blocks it/);
  await page.getByRole('button', { name: 'Copy link' }).click();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  assert.equal(copied, page.url());
  for (const [link, said] of [
    ['%%%', /damaged/],
    [Buffer.from('{"page":{},"request":{"url":1}}').toString('base64url'), /no scenario/],
    [Buffer.from('{"page":{"url":"https://a.test"},"request":{"url":"x","methud":"GET"}}').toString('base64url'), /methud/],
    [Buffer.from('{"page":{"url":"javascript:alert(1)"},"request":{"url":"javascript:alert(1)"}}').toString('base64url'), /./],
  ]) {
    await page.goto(`${stage.origin}/#/wizard`);
    await page.reload();
    await page.goto(`${stage.origin}/#/wizard/${link}`);
    await settled(page);
    await says('main', said);
  }
});

test('what is pasted is understood, or refused beside the field', async () => {
  const { page } = stage;
  const paste = async (text) => {
    await page.goto(`${stage.origin}/#/wizard`);
    await page.reload();
    await page.locator('#start').fill(text);
    await page.locator('#start').press('Enter');
    await settled(page);
  };
  await paste("curl 'https://api.example.com/x' -X DELETE -H 'X-Foo: 1' -H 'Origin: https://app.example.com'");
  await says('#step-method', /DELETE/);
  await says('#step-page', /app\.example\.com/);
  await paste('fetch("https://api.example.com/y", {"method": "PATCH", "credentials": "include"});');
  await says('#step-method', /PATCH/);
  await says('#step-credentials', /include/);
  await paste("Access to fetch at 'https://api.example.com/z' from origin 'https://shop.example.com' has been blocked by CORS policy: Request header field x-a is not allowed by Access-Control-Allow-Headers in preflight response.");
  await says('#step-headers', /x-a/);
  await paste('complete rubbish <img src=x onerror=alert(1)>');
  await says('#start-told', /nothing that corscope can read/);
  assert.equal(await page.locator('#start').inputValue(), 'complete rubbish <img src=x onerror=alert(1)>');
  await paste("curl 'https://unclosed");
  await says('#start-told', /cURL command/);
});

test('a header with control characters is shown, not obeyed', async () => {
  const { page } = stage;
  await show(stage, {
    page: { url: 'https://app.example.com/' },
    request: { url: 'https://api.example.com/' },
    responses: [{ status: 200, headers: [['Access-Control-Allow-Origin', ' https://app.example.com\u0007<b>']] }],
  });
  assert.match(await page.getByRole('tabpanel').innerText(), /\u2407<b>/);
  await says('#verdict', /blocks it/);
});

test('a line that is no header is said beside the field, and nothing is lost', async () => {
  const { page } = stage;
  await show(stage, BLOCKED);
  await page.locator('#step-preflight-0').click();
  const lines = page.getByLabel('Response headers', { exact: true });
  await lines.fill('Access-Control-Allow-Origin: https://app.example.com\nrubbish');
  await page.getByText('Line 2 is no header').waitFor();
  assert.match(await lines.inputValue(), /rubbish/);
  await page.getByLabel('Status', { exact: true }).fill('99');
  await page.getByText('99 is no final status').first().waitFor();
});

test("the demo's root causes, asked of the real server", async () => {
  const { page } = stage;
  const catalogue = await (await fetch(`${demo.url}catalogue.json`)).json();
  const wanted = [
    'acao-missing', 'acao-multiple-values', 'acao-trailing-slash', 'acao-wildcard-with-credentials', 'acac-missing',
    'acao-null-for-real-origin', 'acao-scheme-mismatch', 'acah-header-missing', 'acam-method-missing', 'method-case-mismatch',
    'preflight-not-handled', 'preflight-redirect', 'preflight-requires-auth', 'redirect-missing-acao', 'acao-only-on-preflight',
    'authorization-not-covered-by-wildcard', 'preflight-server-error', 'redirect-to-login',
  ];
  const known = catalogue.endpoints.filter((it) => wanted.includes(it.rule) && it.from === catalogue.page_origin);
  assert.ok(known.length >= 15, `${known.length} of the demo's endpoints`);
  const seen = new Set();
  for (const endpoint of known) {
    if (seen.has(endpoint.rule)) continue;
    seen.add(endpoint.rule);
    await page.goto(`${stage.origin}/#/wizard`);
    await page.reload();
    const { reads, ...request } = endpoint.fetch;
    const scenario = { page: { url: `${endpoint.from}/` }, request: { ...request, url: endpoint.url } };
    await page.locator('#start').fill(JSON.stringify(reads ? { ...scenario, reads } : scenario));
    await page.locator('#start').press('Enter');
    await settled(page);
    await page.locator('#step-answer-0').click();
    await page.getByRole('button', { name: 'Ask the real server' }).last().click();
    await page.getByRole('button', { name: 'Asking…' }).first().waitFor({ state: 'detached', timeout: 20_000 });
    await settled(page);
    const found = await page.locator('main').innerText();
    assert.ok(found.includes(endpoint.rule), `${endpoint.rule}: ${await verdict()}`);
  }
});
