// The README's pictures: node e2e/ui/pictures.mjs (CORSCOPE names the program)
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { BLOCKED, ended, openProxy, ROOT, run, settled, show, throughProxy } from './stage.mjs';

const FOLDER = join(ROOT, 'docs/images');
const SIZE = { width: 1280, height: 760 };
mkdirSync(FOLDER, { recursive: true });

const light = await openProxy(SIZE);
const dark = await openProxy({ ...SIZE, colorScheme: 'dark' });
const demo = run(['demo', '--port', '8377', '--no-ui'], /http:\S+(?=\/try)/);
const origin = await demo.found;

async function traffic(stage) {
  const other = await throughProxy(stage.proxy);
  const app = await other.newPage();
  await app.goto(`${origin}/try#all`);
  await app.locator('#sum').filter({ hasText: 'as the catalogue says' }).waitFor({ timeout: 60_000 });
  await other.close();
  await stage.page.goto(`${stage.origin}/#/traffic`);
  await stage.page.getByRole('listbox', { name: 'Requests' }).getByRole('option').first().waitFor();
}
const picture = async (stage, name) => {
  await settled(stage.page).catch(() => {}); // the stream of events never ends
  await stage.page.waitForTimeout(400);
  await stage.page.mouse.move(2, 2);
  await stage.page.screenshot({ path: join(FOLDER, `${name}.png`) });
};
const choose = async ({ page }, filter) => {
  await page.keyboard.press('/');
  await page.locator('input:focus').fill(filter);
  await page.waitForTimeout(500);
  await page.getByRole('listbox', { name: 'Requests' }).getByRole('option').first().click();
  await page.getByRole('button', { name: 'Make it pass' }).waitFor();
};

await Promise.all([traffic(light), traffic(dark)]);
await light.page.getByRole('button', { name: 'Blocked' }).click();
await light.page.waitForTimeout(400);
await light.page.getByRole('listbox', { name: 'Requests' }).evaluate((list) => (list.scrollTop = 0));
await picture(light, 'traffic');
await choose(dark, 'reason:acah-header-missing');
await dark.page.getByRole('button', { name: 'Make it pass' }).click();
await dark.page.getByText('It passes from now on').waitFor();
await picture(dark, 'make-it-pass');

await light.page.goto(`${light.origin}/#/rewrites`);
await light.page.getByRole('button', { name: 'New…' }).click();
await light.page.getByLabel('Path').fill('/acao-missing');
await light.page.getByRole('button', { name: 'Put in force' }).click();
const other = await throughProxy(light.proxy);
const app = await other.newPage();
await app.goto(`${origin}/try`);
await app.locator('article', { has: app.locator('p', { hasText: /^\/acao-missing · / }) }).getByRole('button').click();
await light.page.getByRole('button', { name: /acao-missing → 200/ }).click();
const headers = light.page.getByLabel('Headers, one a line');
await headers.fill(`${await headers.inputValue()}\nAccess-Control-Allow-Origin: ${origin}`);
await light.page.getByText('What you change').click();
await light.page.getByRole('status').filter({ hasText: 'script can read the response' }).waitFor();
await picture(light, 'breakpoint');
await light.page.getByRole('button', { name: 'Go on as edited' }).click();

await show(dark, BLOCKED);
await picture(dark, 'will-it-cors');
await other.close();
await light.close();
await dark.close();
await ended(demo);
