// Pictures of every screen in every look: node e2e/ui/screenshots.mjs FOLDER [EXPRESSION]
// EXPRESSION chooses among names like `traffic-1280-dark`; CORSCOPE and CORSCOPE_PAGE as for the tests.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { BLOCKED, demo, openProxy, settled, show, throughProxy } from './stage.mjs';

const [folder = 'screenshots', only = ''] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });

const LOOKS = [1280, 360, 1920].flatMap((width) =>
  ['light', 'dark'].map((colorScheme) => [`${width}-${colorScheme}`, { width, height: width < 500 ? 740 : Math.round((width * 9) / 16), colorScheme }]),
);
const MESSAGE =
  "Access to fetch at 'https://api.example.com/items' from origin 'http://localhost:3000' has been blocked by CORS policy: Request header field x-tenant is not allowed by Access-Control-Allow-Headers in preflight response.";
const SCREENS = {
  'wizard-start': async (stage) => stage.page.goto(`${stage.origin}/#/wizard`),
  'wizard-question': async (stage) => {
    await stage.page.goto(`${stage.origin}/#/wizard`);
    await stage.page.locator('#page-url').fill('https://app.example.com/');
    await stage.page.keyboard.press('Enter');
    await stage.page.keyboard.type('https://api.example.com/items');
    await stage.page.keyboard.press('Enter');
    await stage.page.keyboard.type('DELETE');
  },
  'wizard-blocked': (stage) => show(stage, BLOCKED),
  'wizard-server': async (stage) => {
    await show(stage, BLOCKED);
    await stage.page.getByRole('tab', { name: 'What the server' }).click();
  },
  'wizard-code': async (stage) => {
    await show(stage, BLOCKED);
    await stage.page.getByRole('tab', { name: 'Your code' }).click();
  },
  'wizard-trace': async (stage) => {
    await show(stage, BLOCKED);
    await stage.page.getByRole('tab', { name: 'Steps' }).click();
  },
  'wizard-answer': async (stage) => {
    await show(stage, BLOCKED);
    await stage.page.locator('#step-preflight-0').click();
  },
  'wizard-allowed': async (stage) => {
    await show(stage, BLOCKED);
    await stage.page.getByRole('button', { name: 'Make it pass' }).click();
  },
  'wizard-redirect': (stage) =>
    show(stage, {
      page: { url: 'https://app.example.com/' },
      request: { url: 'https://api.example.com/report' },
      responses: [{ status: 302, headers: [['Location', ' https://login.example.com/?next=report']] }],
    }),
  explain: async (stage) => {
    await stage.page.goto(`${stage.origin}/#/explain`);
    await stage.page.locator('#console-text').fill(MESSAGE);
  },
  'explain-empty': (stage) => stage.page.goto(`${stage.origin}/#/explain`),
  recipes: (stage) => stage.page.goto(`${stage.origin}/#/recipes/express`),
  rules: (stage) => stage.page.goto(`${stage.origin}/#/rules`),
  rule: (stage) => stage.page.goto(`${stage.origin}/#/rules/acah-header-missing`),
  settings: (stage) => stage.page.goto(`${stage.origin}/#/settings`),
  'traffic-empty': (stage) => stage.page.goto(`${stage.origin}/#/traffic`),
  'rewrites-empty': (stage) => stage.page.goto(`${stage.origin}/#/rewrites`),
  // From here on there is traffic.
  traffic: async (stage) => {
    stage.other ??= await capture(stage);
    await traffic(stage);
  },
  'traffic-origins': async (stage) => {
    await traffic(stage);
    await stage.page.getByRole('button', { name: 'Origins' }).click();
  },
  'traffic-groups': async (stage) => {
    await traffic(stage);
    await stage.page.getByRole('button', { name: 'Group' }).click();
    await stage.page.waitForTimeout(300);
  },
  'traffic-filter': async (stage) => {
    await traffic(stage);
    await stage.page.keyboard.press('/');
    await stage.page.keyboard.type('pre');
  },
  detail: (stage) => detail(stage),
  'detail-exchanges': (stage) => detail(stage, 'Exchanges'),
  'detail-recipe': (stage) => detail(stage, 'Recipe'),
  'detail-steps': (stage) => detail(stage, 'Steps'),
  'make-it-pass': async (stage) => {
    await detail(stage);
    await stage.page.getByRole('button', { name: 'Make it pass' }).first().click();
    await stage.page.getByText('It passes from now on').waitFor();
  },
  rewrites: async (stage) => {
    await stage.page.goto(`${stage.origin}/#/rewrites`);
    await stage.page.getByRole('button', { name: 'New…' }).click();
    await stage.page.getByLabel('Path').fill('/acao-missing');
    await stage.page.getByRole('button', { name: 'Put in force' }).click();
    const article = stage.other.locator('article', { has: stage.other.locator('p', { hasText: /^\/acao-missing · / }) });
    await article.getByRole('button').click();
    await stage.page.getByRole('button', { name: /acao-missing → 200/ }).click();
    await stage.page.getByLabel('Headers, one a line').waitFor();
  },
};

let target;
async function capture(stage) {
  target ??= await demo();
  const browser = await throughProxy(stage.proxy);
  const app = await browser.newPage();
  await app.goto(`${target.origin}/try#all`);
  await app.locator('#sum').filter({ hasText: 'as the catalogue says' }).waitFor({ timeout: 60_000 });
  return app;
}
async function traffic(stage) {
  await stage.page.goto(`${stage.origin}/#/rules`);
  await stage.page.goto(`${stage.origin}/#/traffic`);
  await stage.page.getByRole('listbox', { name: 'Requests' }).getByRole('option').first().waitFor();
}
async function detail(stage, tab) {
  await traffic(stage);
  await stage.page.keyboard.press('/');
  await stage.page.locator('input:focus').fill('reason:acah-header-missing');
  await stage.page.waitForTimeout(500);
  await stage.page.getByRole('listbox', { name: 'Requests' }).getByRole('option').first().click();
  await stage.page.getByRole('tab').first().waitFor();
  if (tab) await stage.page.getByRole('tab', { name: tab }).click();
}

for (const [look, size] of LOOKS) {
  if (only && !Object.keys(SCREENS).some((name) => `${name}-${look}`.match(only))) continue;
  const stage = await openProxy(size);
  for (const [name, go] of Object.entries(SCREENS)) {
    if (only && !`${name}-${look}`.match(only) && name !== 'traffic') continue;
    await go(stage);
    await settled(stage.page);
    await stage.page.waitForTimeout(250);
    await stage.page.screenshot({ path: join(folder, `${name}-${look}.png`), fullPage: size.width < 500 });
  }
  if (stage.problems.length > 0) console.error(look, stage.problems);
  await stage.other?.context().browser().close();
  await stage.close();
}
await target?.close();
