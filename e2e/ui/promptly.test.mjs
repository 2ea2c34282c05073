// How the page asks for verdicts: by a worker, by itself where none can run, and of whatever program is there.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { BLOCKED, ended, open, run, settled, show } from './stage.mjs';

let stage;
before(async () => (stage = await open()));
after(async () => {
  await stage?.browser.close();
  if (stage) await ended(stage.server);
});

/** Puts a letter to the URL; gives the verdict's legs in words, and what the page itself asked for. */
async function typed(letter) {
  const { page } = stage;
  await page.evaluate(() => {
    const { fetch } = globalThis;
    globalThis.asked = [];
    globalThis.fetch = (path, init) => (globalThis.asked.push(path), fetch(path, init));
  });
  await page.locator('#target-url').focus();
  await page.keyboard.press('End');
  await page.keyboard.press(letter);
  await settled(page);
  return page.evaluate(() => [document.querySelector('.result svg title').textContent, globalThis.asked]);
}

test('a worker asks; no other page of the program hears its answers', async () => {
  const { page } = stage;
  await show(stage, BLOCKED);
  await page.locator('#step-target').click();
  const [legs, asked] = await typed('w');
  assert.match(legs, /items\/7w: not sent/);
  assert.deepEqual(asked, []);
  assert.equal(page.workers().length, 1);
  const name = await page.workers()[0].evaluate(() => self.name);
  assert.match(name, /^[0-9a-f]{8}-[0-9a-f-]{27}$/, 'nobody can guess it');
  await page.reload();
  await settled(page);
  assert.notEqual(await page.workers()[0].evaluate(() => self.name), name);
});

test('where no worker can run, the page asks by itself', async () => {
  const { page } = stage;
  await page.route('**/promptly.worker*', (route) => route.abort());
  await page.reload();
  await show(stage, BLOCKED);
  await page.locator('#step-target').click();
  const [legs, asked] = await typed('p');
  assert.match(legs, /items\/7p: not sent/);
  assert.deepEqual(asked, ['/api/simulate']);
  await page.unroute('**/promptly.worker*');
});

test('a program that is gone is missed, and one that is back is asked by the same worker', async () => {
  const { page } = stage;
  await page.reload();
  await show(stage, BLOCKED);
  await page.locator('#step-target').click();
  await ended(stage.server);
  const [legs, asked] = await typed('g');
  assert.match(legs, /items\/7: /, 'the last verdict stays');
  assert.deepEqual(asked.filter((path) => /simulate/.test(path)), []);
  await page.locator('.stale').waitFor();
  const told = await page.locator('.result > [role=alert]').innerText();
  assert.match(told, /does not answer.*start corscope serve again.*verdict of before/s);

  stage.server = run(['serve', '--port', new URL(stage.origin).port], /http:\S+#token=[0-9a-f]{64}/);
  const link = await stage.server.found;
  await page.getByText('this browser has not been let in').waitFor();
  const other = await page.context().newPage();
  await other.goto(link);
  await other.getByRole('navigation').waitFor();
  await page.bringToFront();
  await page.evaluate(() => dispatchEvent(new Event('focus')));
  await page.locator('#step-target').click();
  const [legsAgain, askedAgain] = await typed('b');
  assert.match(legsAgain, /items\/7g?b: not sent/);
  assert.deepEqual(askedAgain, []);
  assert.equal(page.workers().length, 1);
});
