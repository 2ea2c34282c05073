// Every screen: what it does, that it is accessible in both themes, and that it fits.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { BLOCKED, open, settled, show, violations } from './stage.mjs';

let stage;
before(async () => (stage = await open()));
after(() => stage?.close());

const MESSAGE =
  "Access to fetch at 'https://api.example.com/items' from origin 'http://localhost:3000' has been blocked by CORS policy: Request header field x-tenant is not allowed by Access-Control-Allow-Headers in preflight response.";

const SCREENS = {
  'an empty wizard': async () => {
    await stage.page.goto(`${stage.origin}/#/wizard`);
    await stage.page.reload();
  },
  'a blocked scenario': () => show(stage, BLOCKED),
  'its server part': async () => {
    await show(stage, BLOCKED);
    await stage.page.getByRole('tab', { name: 'What the server' }).click();
  },
  'its code': async () => {
    await show(stage, BLOCKED);
    await stage.page.getByRole('tab', { name: 'Your code' }).click();
  },
  'its steps': async () => {
    await show(stage, BLOCKED);
    await stage.page.getByRole('tab', { name: 'Steps' }).click();
  },
  'an answer being edited': async () => {
    await show(stage, BLOCKED);
    await stage.page.locator('#step-preflight-0').click();
  },
  'an allowed scenario': async () => {
    await show(stage, BLOCKED);
    await stage.page.getByRole('button', { name: 'Make it pass' }).click();
  },
  'explain, empty': () => stage.page.goto(`${stage.origin}/#/explain`),
  explain: async () => {
    await stage.page.goto(`${stage.origin}/#/explain`);
    await stage.page.locator('#console-text').fill(MESSAGE);
  },
  recipes: () => stage.page.goto(`${stage.origin}/#/recipes/express`),
  'a refused recipe': async () => {
    await stage.page.goto(`${stage.origin}/#/recipes/nginx`);
    await stage.page.getByLabel('Origins that may read').fill('*');
    await stage.page.getByText('Allow cookies and logins').click();
  },
  rules: () => stage.page.goto(`${stage.origin}/#/rules`),
  'a rule': () => stage.page.goto(`${stage.origin}/#/rules/acah-header-missing`),
};

for (const colorScheme of ['light', 'dark'])
  test(`axe finds nothing on any screen, ${colorScheme}`, async () => {
    await stage.page.emulateMedia({ colorScheme });
    for (const [name, go] of Object.entries(SCREENS)) {
      await go();
      await settled(stage.page);
      assert.deepEqual(await violations(stage.page), [], name);
    }
    await stage.page.emulateMedia({ colorScheme: 'light' });
  });

test('every screen fits 360 pixels', async () => {
  await stage.page.setViewportSize({ width: 360, height: 740 });
  for (const [name, go] of Object.entries(SCREENS)) {
    await go();
    await settled(stage.page);
    const wide = await stage.page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= 360, `${name}: ${wide} pixels wide`);
  }
  await stage.page.setViewportSize({ width: 1280, height: 860 });
});

test('the theme can be chosen, and stays', async () => {
  const { page } = stage;
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await background();
  const turn = page.getByRole('button', { name: 'Colours' });
  await turn.click();
  await turn.click();
  assert.match(await turn.innerText(), /dark/);
  const dark = await background();
  assert.notEqual(dark, light);
  await page.reload();
  await page.getByRole('navigation').waitFor();
  assert.equal(await background(), dark);
  await page.getByRole('button', { name: 'Colours' }).click();
});

test('a console message is explained, and opens in the wizard', async () => {
  const { page } = stage;
  await SCREENS.explain();
  await page.getByText('Chrome about the preflight').waitFor();
  await page.getByRole('link', { name: 'Open in the wizard' }).click();
  await page.locator('#verdict').waitFor();
  assert.match(await page.locator('#step-headers').innerText(), /x-tenant/);
  await page.goto(`${stage.origin}/#/explain`);
  await page.locator('#console-text').fill('no browser says this');
  await page.getByText('no browser that we know prints this').waitFor();
  assert.equal(await page.locator('#console-text').inputValue(), 'no browser says this');
});

test('recipes follow the policy, and a refused one says why beside its field', async () => {
  const { page } = stage;
  await page.goto(`${stage.origin}/#/recipes`);
  await page.getByLabel('Your server', { exact: true }).selectOption('caddy');
  await page.getByLabel('Origins that may read').fill('https://other.example.com');
  await page.locator('pre', { hasText: 'other.example.com' }).first().waitFor();
  await page.getByLabel('Origins that may read').fill('https://other.example.com/');
  await page.locator('#origins-findings', { hasText: 'error' }).waitFor();
});

test('every rule has a page whose examples open in the wizard', async () => {
  const { page } = stage;
  await page.goto(`${stage.origin}/#/rules`);
  await page.getByPlaceholder(/Filter \d+ rules/).fill('wildcard credentials');
  await page.getByRole('link', { name: /^acao-wildcard-with-credentials/ }).click();
  await page.getByRole('heading', { name: 'acao-wildcard-with-credentials' }).waitFor();
  await page.getByRole('link', { name: 'Open in the wizard' }).first().click();
  await page.locator('#verdict').waitFor();
  await settled(page);
  assert.match(await page.locator('#verdict').innerText(), /blocks it/);
  await page.goto(`${stage.origin}/#/rules/no-such-rule`);
  await page.getByText('there is no rule of that name').waitFor();
});

test('a browser that was not let in is told how to get in, and a link works once', async () => {
  const context = await stage.browser.newContext();
  const page = await context.newPage();
  await page.goto(`${stage.origin}/#/rules`);
  await page.getByText('this browser has not been let in').waitFor();
  assert.deepEqual(await violations(page), []);
  await page.goto('about:blank');
  await page.goto(stage.link);
  await page.getByText('this link was used before').waitFor();
  assert.ok(!page.url().includes('token'));
  await context.close();
});

test('nothing went wrong in the page, and nobody else was asked', async () => {
  assert.deepEqual(stage.problems, []);
});
