// The newcomer's way, from the link in the terminal: a red row, its cause, a fix in force, a green row,
// and the recipe on the clipboard. Nobody reads documentation, and all of it takes less than two minutes.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { open } from './stage.mjs';

const TWO_MINUTES = 120_000;

let stage;
before(async () => {
  stage = await open({ args: ['demo', '--port', '0'] });
  // Where there is no screen, the browser that corscope opens must not want one.
  await stage.page.route('**/api/browser', (route) => route.continue({ postData: { ...route.request().postDataJSON(), headless: true } }));
});
after(() => stage?.close());

test('from the red error to the recipe on the clipboard', { timeout: TWO_MINUTES }, async (context) => {
  const began = performance.now();
  const { page } = stage;
  // The link opens on what comes first: nothing is captured, and here is a browser to begin with.
  const url = page.getByLabel('Page to open');
  const suggested = () =>
    url.evaluate(async (field) => {
      while (!field.value) await new Promise((again) => setTimeout(again, 50));
      return field.value;
    });
  const demo = await suggested();
  assert.match(demo, /\/try$/);
  await page.getByText('a request for each way in which CORS fails').waitFor();
  await url.fill(`${demo}#/acah-header-missing`);
  await page.getByRole('button', { name: 'Open through corscope' }).click();

  const row = page.getByRole('listbox', { name: 'Requests' }).getByRole('option').filter({ hasText: '/acah-header-missing ' });
  await row.filter({ hasText: 'blocked' }).waitFor({ timeout: 60_000 });
  await row.click();
  const detail = page.getByRole('region', { name: 'Details' });
  await detail.locator('.headline').filter({ hasText: 'x-demo' }).waitFor();
  // The browser that corscope opened has said itself what it thinks of it.
  await detail.getByText("The browser's own words").waitFor();
  await detail.getByText('HeaderDisallowedByPreflightResponse').first().waitFor();

  await detail.getByRole('button', { name: 'Make it pass' }).click();
  await detail.getByText('It passes from now on').waitFor();
  await page.goto(`${stage.origin}/#/settings`);
  assert.equal(await suggested(), demo);
  await url.fill(`${demo}#/acah-header-missing`);
  await page.getByRole('button', { name: 'Open through corscope' }).click();
  await page.getByText('It is open').waitFor({ timeout: 60_000 });
  await page.goto(`${stage.origin}/#/traffic`);
  await row.filter({ hasText: 'allowed' }).filter({ hasText: 'modified' }).waitFor({ timeout: 60_000 });

  await row.filter({ hasText: 'blocked' }).click();
  await detail.getByRole('tab', { name: 'Recipe' }).click();
  await detail.getByRole('button', { name: 'Copy recipe' }).click();
  await detail.getByText('Copied').first().waitFor();
  const recipe = await page.evaluate(() => navigator.clipboard.readText());
  assert.match(recipe, /Access-Control-Allow-Headers/);
  assert.match(recipe, /"x-demo"/);
  context.diagnostic(`in ${((performance.now() - began) / 1000).toFixed(1)} s`);
});

test('nothing went wrong in the page', () => assert.deepEqual(stage.problems, []));
