// A contract saved from the wizard, tested by the real program against a real server.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { corscope, demo, open, settled, show, violations } from './stage.mjs';

let stage;
let server;
let folder;
before(async () => {
  stage = await open();
  server = await demo();
  folder = mkdtempSync(join(tmpdir(), 'corscope-'));
});
after(async () => {
  await stage?.close();
  await server?.close();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

const scenario = (path, request = {}) => ({
  page: { url: 'http://localhost:3000/' },
  request: { url: `${server.origin}${path}`, ...request },
});

/** Waits for the file to be written anew, and saves it. */
async function saved(name) {
  const { page } = stage;
  await settled(page);
  await page.waitForTimeout(200); // the form waits for the last key press
  await settled(page);
  const coming = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save cors.toml' }).click();
  const download = await coming;
  assert.equal(download.suggestedFilename(), 'cors.toml');
  const file = join(folder, `${name}.toml`);
  await download.saveAs(file);
  return file;
}

async function openForm() {
  const button = stage.page.getByRole('button', { name: 'Save as contract' });
  if ((await button.getAttribute('aria-expanded')) !== 'true') await button.click();
  await stage.page.locator('#contract pre').waitFor();
}

test('a contract is green on what works and red on what does not', async () => {
  const { page } = stage;
  for (const [path, code] of [
    ['/healthy', 0],
    ['/acao-missing', 1],
  ]) {
    await show(stage, scenario(path));
    await openForm();
    assert.ok(await page.getByLabel('It must work').isChecked());
    const file = await saved(`works${code}`);
    const ended = await corscope(['test', file]);
    assert.equal(ended.code, code, ended.out + ended.err);
    await page.getByLabel('It must stay blocked').check();
    const opposite = await corscope(['test', await saved(`blocked${code}`)]);
    assert.equal(opposite.code, 1 - code, opposite.out + opposite.err);
    await page.getByLabel('It must work').check();
  }
});

test('what the verdict is now is chosen first, and the answers may stay', async () => {
  const { page } = stage;
  await page.goto(`${stage.origin}/#/wizard`);
  await page.reload();
  await show(stage, { ...scenario('/healthy'), responses: [{ status: 200, headers: [] }] });
  await openForm();
  await settled(page);
  assert.ok(await page.getByLabel('It must stay blocked').isChecked());
  // The real server lets it in: the contract is broken. By the answers given it is kept.
  const live = await corscope(['test', await saved('live')]);
  assert.equal(live.code, 1, live.out + live.err);
  await page.getByLabel('The answers given here').check();
  const file = await saved('kept');
  assert.match(readFileSync(file, 'utf8'), /\[\[case\.responses\]\]/);
  const kept = await corscope(['test', file]);
  assert.equal(kept.code, 0, kept.out + kept.err);
});

test('a secret stays out of the file, and an unsafe method is sent only when that is said', async () => {
  const { page } = stage;
  await page.goto(`${stage.origin}/#/wizard`);
  await page.reload();
  const headers = [['X-Foo', '1'], ['Authorization', 'Bearer s3cret']];
  await show(stage, scenario('/healthy-preflight', { method: 'PUT', headers }));
  await openForm();
  await page.getByText('set API_TOKEN in the environment').waitFor();
  const file = await saved('put');
  const text = readFileSync(file, 'utf8');
  assert.doesNotMatch(text, /s3cret/);
  assert.match(text, /expect = "preflight-allowed"/);
  const unset = await corscope(['test', file], { API_TOKEN: '' });
  assert.equal(unset.code, 2, unset.out + unset.err);
  assert.match(unset.err, /API_TOKEN is not set/);
  const ended = await corscope(['test', file], { API_TOKEN: 't0ken-of-ours' });
  assert.equal(ended.code, 0, ended.out + ended.err);
  await page.getByLabel('Really send the PUT at each run').check();
  const sent = await saved('sent');
  assert.match(readFileSync(sent, 'utf8'), /send = true/);
  const told = await corscope(['test', sent], { API_TOKEN: 't0ken-of-ours' });
  assert.equal(told.code, 0, told.out + told.err);
  assert.doesNotMatch(told.out, /t0ken-of-ours/);
});

test('the form is used by keyboard alone, and axe finds nothing wrong', async () => {
  for (const [width, colorScheme] of [[1280, 'light'], [1280, 'dark'], [360, 'light']]) {
    const { page } = stage;
    await page.setViewportSize({ width, height: 860 });
    await page.emulateMedia({ colorScheme });
    await page.goto(`${stage.origin}/#/wizard`);
    await page.reload();
    await show(stage, { ...scenario('/healthy', { method: 'PUT' }), responses: [{ status: 200, headers: [] }] });
    await page.getByRole('button', { name: 'Save as contract' }).focus();
    await page.keyboard.press('Enter');
    await page.locator('#contract pre').waitFor();
    await page.getByRole('radio', { name: 'It must' }).first().focus();
    await page.keyboard.press('ArrowDown');
    assert.ok(await page.getByLabel('It must stay blocked').isChecked());
    await page.getByLabel('The real server').focus();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    assert.ok(await page.getByLabel('Really send the PUT').isChecked());
    await settled(page);
    assert.deepEqual(await violations(page), []);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(overflow <= 0, `${width}: ${overflow} px too wide`);
    if (process.env.PICTURES) await page.locator('#contract').screenshot({ path: join(process.env.PICTURES, `contract-${width}-${colorScheme}.png`) });
  }
  assert.deepEqual(stage.problems, []);
});

test('what cannot be a contract is refused with its reason', async () => {
  const { page } = stage;
  await page.setViewportSize({ width: 1280, height: 860 });
  await page.goto(`${stage.origin}/#/wizard`);
  await page.reload();
  await show(stage, scenario('/healthy', { credentials: 'unknown' }));
  await page.getByRole('button', { name: 'Save as contract' }).click();
  await page.locator('#contract [role=alert]', { hasText: 'one credentials mode' }).waitFor();
  assert.equal(await page.getByRole('button', { name: 'Save cors.toml' }).count(), 0);
});
