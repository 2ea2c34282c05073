// The wizard begins from a HAR and from what a server answered, and hands on what it made.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { drop, har } from './hars.mjs';
import { BLOCKED, open, settled, show } from './stage.mjs';

let stage;
before(async () => (stage = await open()));
after(() => stage?.close());

const verdict = () => stage.page.locator('#verdict');
async function wizard() {
  await stage.page.goto(`${stage.origin}/#/wizard`);
  await stage.page.reload();
  await stage.page.locator('#start').waitFor();
}

test('a HAR whose one request fails opens in the wizard, dropped or pasted', async () => {
  const { page } = stage;
  await wizard();
  // Of the first two, the first is blocked.
  await drop(page, 'shop.har', JSON.stringify(har(2)), '.wizard');
  await verdict().filter({ hasText: 'the browser blocks it' }).filter({ hasText: 'acao-missing' }).waitFor();
  await page.getByText('Read from shop.har: request #1, the only one of 2 that CORS blocks.').waitFor();
  assert.match(await page.locator('#step-target').innerText(), /api\.example\.com\/items\/0/);
  await wizard();
  await page.locator('#start').fill(JSON.stringify(har(1)));
  await page.locator('#start').press('Enter');
  await verdict().filter({ hasText: 'the browser blocks it' }).waitFor();
});

test('a HAR with more that fails leads to the list to choose from', async () => {
  const { page } = stage;
  await wizard();
  await drop(page, 'many.har', JSON.stringify(har(6)), '.wizard');
  await page.getByText(/^6 requests: 3 blocked, 3 allowed/).waitFor();
  await page.getByRole('listbox', { name: 'Requests' }).getByRole('option').first().click();
  await page.getByRole('region', { name: 'Details' }).getByRole('link', { name: 'Will it CORS?' }).click();
  await verdict().filter({ hasText: 'the browser blocks it' }).waitFor();
});

test('a file that is no HAR is refused in words, and the scenario stays', async () => {
  const { page } = stage;
  await show(stage, BLOCKED);
  for (const [name, text] of [['broken.har', '{"log":{"entries":[{"request":'], ['notes.json', 'complete rubbish'], ['wrong.json', '{"page":{},"request":{"urll":1}}']]) {
    await drop(page, name, text, '.wizard');
    await page.getByRole('alert').filter({ hasText: name }).filter({ hasText: 'Nothing of it was used' }).waitFor();
  }
  assert.match(await page.locator('#step-target').innerText(), /items\/7/);
});

test("a server's answer is pasted as curl -i and curl -v print it", async () => {
  const { page } = stage;
  const answers = {
    'HTTP/2 200 \r\naccess-control-allow-origin: *\r\ncontent-type: application/json\r\n\r\n{"a":1}': /Yes: your script can read/,
    '* Connected to api.example.com\n> GET / HTTP/1.1\n> Host: api.example.com\n>\n< HTTP/1.1 200 OK\n< content-type: text/html\n<\n{ [5 bytes data]': /No: the browser blocks it/,
  };
  for (const [text, wanted] of Object.entries(answers)) {
    await show(stage, { page: { url: 'https://app.example.com/' }, request: { url: 'https://api.example.com/' } });
    await page.locator('#step-answer-0').click();
    const field = page.getByLabel('Response headers', { exact: true });
    await field.focus();
    await page.evaluate((text) => navigator.clipboard.writeText(text), text);
    await page.keyboard.press('Control+V');
    await verdict().filter({ hasText: wanted }).waitFor();
  }
});

test('a scenario is saved as a file that opens again', async () => {
  const { page } = stage;
  await show(stage, BLOCKED);
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Save scenario' }).click()]);
  const saved = readFileSync(await download.path(), 'utf8');
  assert.deepEqual(JSON.parse(saved), BLOCKED);
  await wizard();
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.getByRole('button', { name: 'Open file…' }).click()]);
  await chooser.setFiles({ name: 'scenario.json', mimeType: 'application/json', buffer: Buffer.from(saved) });
  await verdict().filter({ hasText: 'preflight-acao-wildcard-with-credentials' }).waitFor();
  await settled(page);
});

test('nothing went wrong in the page', () => assert.deepEqual(stage.problems, []));
