// Captures in the page: HAR files, the look of every live screen, and a server that goes away.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { drop, har } from './hars.mjs';
import { demo, ended, open, openProxy, run, throughProxy, violations } from './stage.mjs';

let stage;
let target;
before(async () => {
  [stage, target] = await Promise.all([openProxy(), demo()]);
  const other = await throughProxy(stage.proxy);
  const app = await other.newPage();
  await app.goto(`${target.origin}/try`);
  for (const path of ['/acao-missing', '/acah-header-missing', '/public']) {
    const article = app.locator('article', { has: app.locator('p', { hasText: new RegExp(`^${path} · `) }) });
    await article.getByRole('button', { name: 'Try' }).click();
    await article.locator('p').nth(1).filter({ hasNotText: '…' }).waitFor();
  }
  await other.close();
});
after(async () => {
  await stage?.close();
  await target?.close();
});

const requests = () => stage.page.getByRole('listbox', { name: 'Requests' });

const SCREENS = {
  traffic: async () => {
    await stage.page.goto(`${stage.origin}/#/traffic`);
    await requests().getByRole('option').first().waitFor();
  },
  'a blocked request': async () => {
    await stage.page.goto(`${stage.origin}/#/traffic`);
    await requests().getByRole('option').filter({ hasText: 'acah-header-missing' }).last().click();
    await stage.page.getByRole('button', { name: 'Make it pass' }).waitFor();
  },
  'its exchanges': async () => stage.page.getByRole('tab', { name: 'Exchanges' }).click(),
  'its recipe': async () => {
    await stage.page.getByRole('tab', { name: 'Recipe' }).click();
    await stage.page.getByRole('button', { name: 'Copy recipe' }).waitFor();
  },
  'its steps': async () => stage.page.getByRole('tab', { name: 'Steps' }).click(),
  'origins and targets': async () => {
    await stage.page.goto(`${stage.origin}/#/traffic`);
    await stage.page.getByRole('button', { name: 'Origins' }).click();
  },
  'two compared': async () => {
    await stage.page.goto(`${stage.origin}/#/traffic`);
    await requests().getByRole('option').filter({ hasText: 'acah-header-missing' }).last().click();
    await stage.page.getByRole('button', { name: 'Compare' }).click();
    // On a narrow screen the list is behind what is open.
    const list = requests().getByRole('option').filter({ hasText: 'acao-missing' }).last();
    if (await list.isVisible()) await list.click();
  },
  'a body': async () => {
    await stage.page.goto(`${stage.origin}/#/traffic`);
    await requests().getByRole('option').filter({ hasText: 'acao-missing' }).last().click();
    await stage.page.getByRole('tab', { name: 'Exchanges' }).click();
    await stage.page.getByRole('button', { name: /^Body/ }).last().click();
    await stage.page.getByRole('region', { name: 'Body' }).waitFor();
  },
  'groups of origins': async () => {
    await stage.page.goto(`${stage.origin}/#/rules`);
    await stage.page.goto(`${stage.origin}/#/traffic`);
    await requests().getByRole('option').first().waitFor();
    await stage.page.getByRole('button', { name: 'Group' }).click();
    await requests().getByRole('option', { name: /^http:\/\/localhost:\d+ open/ }).waitFor();
  },
  rewrites: async () => {
    await stage.page.goto(`${stage.origin}/#/rewrites`);
    await stage.page.getByRole('button', { name: 'New…' }).click();
    await stage.page.getByRole('button', { name: 'Rules file' }).click();
  },
  settings: () => stage.page.goto(`${stage.origin}/#/settings`),
};

const LOOKS = [['light', 'light', 1280], ['dark', 'dark', 1280], ['narrow', 'light', 360]];
for (const [look, colorScheme, width] of LOOKS)
  test(`every live screen is accessible and fits, ${look}`, async () => {
    const { page } = stage;
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 860 });
    for (const [name, go] of Object.entries(SCREENS)) {
      await go();
      await page.waitForTimeout(250);
      assert.deepEqual(await violations(page), [], `${name}, ${look}`);
      const [wide, shown] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
      assert.ok(wide <= shown, `${name}, ${look}: ${wide} wide on ${shown}`);
    }
    await page.setViewportSize({ width: 1280, height: 860 });
  });

test('a HAR that is dropped is judged, filtered, and removed', async () => {
  const { page } = stage;
  await page.goto(`${stage.origin}/#/traffic`);
  await requests().waitFor();
  await drop(page, 'shop.har', JSON.stringify(har(40)));
  await page.getByText(/^40 requests: 20 blocked, 20 allowed/).waitFor();
  assert.match(await page.locator('#capture option:checked').innerText(), /shop\.har/);
  await requests().getByRole('option').filter({ hasText: 'acao-missing' }).first().click();
  const detail = page.getByRole('region', { name: 'Details' });
  await detail.getByText('Access-Control-Allow-Origin').first().waitFor();
  assert.equal(await detail.getByRole('button', { name: 'Make it pass' }).count(), 0, 'what was recorded cannot be changed');
  await page.getByRole('region', { name: 'Details' }).getByRole('link', { name: 'Will it CORS?' }).click();
  await page.locator('#verdict').filter({ hasText: 'the browser blocks it' }).waitFor();
  await page.goBack();
  await page.getByRole('button', { name: 'Remove' }).click();
  await page.waitForFunction(() => !document.querySelector('#capture')?.innerText.includes('shop.har'));
});

test('what is no HAR is refused in words, and nothing is lost', async () => {
  const { page } = stage;
  await page.goto(`${stage.origin}/#/traffic`);
  await requests().getByRole('option').first().waitFor();
  const count = await page.getByText(/^\d+ requests/).innerText();
  for (const text of ['<script>alert(1)</script>', '{"log":{"entries":[{"request":']) {
    await drop(page, 'broken.har', text);
    await page.locator('.fault').first().waitFor();
    await page.goto(`${stage.origin}/#/settings`);
    await page.goto(`${stage.origin}/#/traffic/live`);
  }
  await page.getByText(count).waitFor();
});

test('a filter keeps a long list short, and every row can be reached', async () => {
  const { page } = stage;
  await page.goto(`${stage.origin}/#/traffic`);
  await requests().waitFor();
  await drop(page, 'long.har', JSON.stringify(har(4000)));
  await page.getByText(/^4000 requests: 2000 blocked/).waitFor();
  assert.ok((await requests().getByRole('option').count()) < 120, 'only what is seen is there');
  // What is over is read from its beginning.
  await requests().getByRole('option').filter({ hasText: '/items/0 ' }).waitFor();
  await requests().focus();
  await page.keyboard.press('Home');
  await requests().getByRole('option').filter({ hasText: '/items/0 ' }).waitFor();
  await page.keyboard.press('End');
  await requests().getByRole('option').filter({ hasText: '/items/3999 ' }).waitFor();
  await page.getByRole('button', { name: 'Remove' }).click();
});

test('a program that ends is missed, and one that is back is found again', async () => {
  const alone = await open({ args: ['serve', '--port', '0'] });
  try {
    const port = new URL(alone.origin).port;
    await alone.page.goto(`${alone.origin}/#/traffic`);
    await alone.page.getByText('Nothing is captured yet').waitFor();
    await ended(alone.server);
    await alone.page.getByText('not connected').waitFor();
    // Another run has another cookie: the page says how to get in.
    const again = await open({ args: ['serve', '--port', port] });
    await alone.page.getByText(/press Enter in the terminal|open the link/i).first().waitFor();
    await again.close();
    // Its new link, in another tab of the same browser, lets the first tab in again as well.
    const third = run(['serve', '--port', port], /http:\S+#token=[0-9a-f]{64}/);
    const other = await alone.page.context().newPage();
    await other.goto(await third.found);
    await other.getByRole('navigation').waitFor();
    await alone.page.bringToFront();
    await alone.page.evaluate(() => dispatchEvent(new Event('focus')));
    await alone.page.getByText('Nothing is captured yet').waitFor();
    assert.ok(alone.page.url().endsWith('#/traffic'), 'where one was');
    await ended(third);
  } finally {
    await alone.browser.close();
  }
});
