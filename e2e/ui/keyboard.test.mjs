// Everything by keyboard: each control is reached by Tab, and one sees where one is.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { drop, har } from './hars.mjs';
import { BLOCKED, openProxy, settled, show } from './stage.mjs';

let stage;
before(async () => {
  stage = await openProxy();
  await stage.page.goto(`${stage.origin}/#/traffic`);
  await stage.page.getByText(/^0 requests/).waitFor();
  await drop(stage.page, 'shop.har', JSON.stringify(har(8)));
  await stage.page.getByText(/^8 requests/).waitFor();
});
after(() => stage?.close());

const requests = () => stage.page.getByRole('listbox', { name: 'Requests' });
const traffic = async () => {
  await stage.page.goto(`${stage.origin}/#/rules`);
  await stage.page.goto(`${stage.origin}/#/traffic/har-1`);
  await requests().getByRole('option').first().waitFor();
};

const SCREENS = {
  wizard: async () => {
    await show(stage, BLOCKED);
    await stage.page.locator('#step-preflight-0').click();
  },
  traffic,
  'a request': async () => {
    await traffic();
    await requests().getByRole('option').filter({ hasText: 'acao-missing' }).first().click();
    await stage.page.getByRole('tab', { name: 'Exchanges' }).click();
  },
  rewrites: async () => {
    await stage.page.goto(`${stage.origin}/#/rewrites`);
    await stage.page.getByRole('button', { name: 'New…' }).click();
  },
  explain: () => stage.page.goto(`${stage.origin}/#/explain`),
  recipes: () => stage.page.goto(`${stage.origin}/#/recipes/nginx`),
  settings: () => stage.page.goto(`${stage.origin}/#/settings`),
};

for (const [name, go] of Object.entries(SCREENS))
  test(`Tab reaches every control, and shows where it is: ${name}`, async () => {
    const { page } = stage;
    await go();
    await settled(page);
    await page.waitForTimeout(200);
    const controls = await page.evaluate(() => {
      document.activeElement?.blur();
      const all = [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')];
      const shown = all.filter((it) => it.checkVisibility({ visibilityProperty: true }) && !it.disabled && !it.closest('[inert]'));
      // Of a group of radio buttons, and of tabs, one is a stop; the arrows do the rest.
      const stops = shown.filter((it) => it.tabIndex >= 0 && !(it.type === 'radio' && !it.checked && document.querySelector(`[name="${it.name}"]:checked`)));
      stops.forEach((it, index) => (it.dataset.stop = String(index)));
      return stops.map((it) => it.outerHTML.slice(0, 90));
    });
    const reached = new Set();
    const unseen = [];
    for (let press = 0; press < controls.length + 5; press++) {
      await page.keyboard.press('Tab');
      const at = await page.evaluate(() => {
        const it = document.activeElement;
        if (!it || it === document.body) return null;
        const look = (element) => {
          const style = getComputedStyle(element);
          return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
        };
        // A list shows its focus by the panel around it.
        const isSeen = look(it) || (it.matches('.box') && look(it.closest('.list')));
        return { stop: it.dataset.stop ?? null, isSeen, html: it.outerHTML.slice(0, 90) };
      });
      if (!at) continue;
      if (at.stop !== null) reached.add(Number(at.stop));
      if (!at.isSeen) unseen.push(at.html);
    }
    assert.deepEqual(controls.filter((_, index) => !reached.has(index)), [], 'not reached');
    assert.deepEqual(unseen, [], 'focus that is not seen');
  });

test('the list is grouped by origin, and groups open and close, by keys alone', async () => {
  const { page } = stage;
  await traffic();
  await requests().focus();
  await page.keyboard.press('g');
  const group = requests().getByRole('option', { name: /^https:\/\/app\.example\.com/ });
  await group.filter({ hasText: 'open' }).waitFor();
  assert.equal(await requests().getByRole('option').count(), 9);
  await page.keyboard.press('ArrowLeft');
  await group.filter({ hasText: 'closed' }).waitFor();
  await page.waitForFunction(() => document.querySelectorAll('.box [role=option]').length === 1);
  assert.match(await group.innerText(), /4\s+blocked[^]*4\s+allowed/);
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.querySelectorAll('.box [role=option]').length === 9);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.getByRole('region', { name: 'Details' }).getByText('api.example.com/items/0').first().waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('g');
});

test('a filter is completed by keys', async () => {
  const { page } = stage;
  await traffic();
  await page.keyboard.press('/');
  await page.keyboard.type('preflight:m');
  await page.getByRole('option', { name: /preflight:missing|^missing/ }).waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  assert.match(await page.locator('input:focus').inputValue(), /preflight:missing/);
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
});
