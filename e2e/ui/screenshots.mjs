// Pictures of every screen: node e2e/ui/screenshots.mjs FOLDER [dist folder]
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { BLOCKED, open, settled, show } from './stage.mjs';

const [folder = 'screenshots', built = null, only = ''] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });

const LOOKS = [
  ['light', { width: 1440, height: 900, colorScheme: 'light' }],
  ['dark', { width: 1440, height: 900, colorScheme: 'dark' }],
  ['narrow', { width: 360, height: 740, colorScheme: 'light' }],
];
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
};

for (const [look, size] of LOOKS) {
  const stage = await open({ ...size, built });
  for (const [name, go] of Object.entries(SCREENS)) {
    if (only && !`${name}-${look}`.match(only)) continue;
    await go(stage);
    await settled(stage.page);
    await stage.page.screenshot({ path: join(folder, `${name}-${look}.png`), fullPage: look === 'narrow' });
  }
  if (stage.problems.length > 0) console.error(look, stage.problems);
  await stage.close();
}
