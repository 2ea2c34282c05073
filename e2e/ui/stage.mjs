// The real program, and a real browser in front of it.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(new URL('../../ui/package.json', import.meta.url));
const { chromium } = require('playwright-core');
const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PROGRAM = process.env.CORSCOPE ?? join(ROOT, 'target/debug/corscope');
const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Runs the program until its first line of this form. */
export function run(args, form) {
  const child = spawn(PROGRAM, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  const found = new Promise((resolve, reject) => {
    child.stdout.on('data', (chunk) => {
      text += chunk;
      const match = form.exec(text);
      if (match) resolve(match[0]);
    });
    child.on('exit', (code) => reject(new Error(`corscope ${args.join(' ')} ended with ${code}`)));
    child.on('error', reject);
  });
  return { child, found, output: () => text };
}

/** Runs the program to its end. */
export async function corscope(args, variables = {}) {
  const child = spawn(PROGRAM, args, { env: { ...process.env, NO_COLOR: '1', ...variables } });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk) => (out += chunk));
  child.stderr.on('data', (chunk) => (err += chunk));
  const code = await new Promise((resolve, reject) => {
    child.on('close', resolve);
    child.on('error', reject);
  });
  return { code, out, err };
}

/** How long one waits for anything: a busy machine is no reason to fail. */
const PATIENCE = 60_000;

/** Starts the program, and a browser that is let in to its page. */
export async function open({
  width = 1280,
  height = 860,
  colorScheme = 'light',
  built = process.env.CORSCOPE_PAGE,
  args = ['serve', '--port', '0'],
  flags = [],
} = {}) {
  const server = run(args, /http:\S+#token=[0-9a-f]{64}/);
  const link = await server.found;
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? CHROMIUM.find(existsSync),
    args: ['--no-sandbox', '--disable-gpu', ...flags],
  });
  const stage = { server, browser, link, origin: new URL(link).origin, problems: [] };
  stage.page = await newPage(stage, { width, height, colorScheme, built });
  await stage.page.goto(link);
  await stage.page.getByRole('navigation').waitFor();
  stage.close = async () => {
    await browser.close();
    await ended(server);
  };
  return stage;
}

/** Ends a program as Ctrl-C does. */
export async function ended({ child }) {
  if (child.exitCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGINT');
  await gone;
}

/** Starts the demo server; gives its origin. */
export async function demo() {
  const server = run(['demo', '--port', '0', '--quiet'], /http:\S+(?=\/\n)/);
  return { origin: await server.found, close: () => ended(server) };
}

/** The program as a proxy with its page, and a browser that is let in to it. */
export async function openProxy(options = {}) {
  const authority = mkdtempSync(join(tmpdir(), 'corscope-'));
  const stage = await open({ ...options, args: ['proxy', '--listen', '127.0.0.1:0', '--ca-dir', authority, ...(options.more ?? [])] });
  stage.proxy = /listening on (\S+)/.exec(stage.server.output())[1];
  const { close } = stage;
  stage.close = async () => {
    await close();
    rmSync(authority, { recursive: true, force: true });
  };
  return stage;
}

// What a browser asks its maker on its own account is no traffic of the test's.
const QUIET = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'];
const BESIDES = '<-loopback>;*.google.com;*.googleapis.com;*.gstatic.com';

/** Another browser, whose traffic goes through a proxy. */
export async function throughProxy(proxy) {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? CHROMIUM.find(existsSync),
    args: [...QUIET, `--proxy-bypass-list=${BESIDES}`, '--ignore-certificate-errors'],
    proxy: { server: `http://${proxy}`, bypass: BESIDES },
    timeout: PATIENCE,
  });
  return browser;
}

async function newPage(stage, { width, height, colorScheme, built }) {
  const context = await stage.browser.newContext({ viewport: { width, height }, colorScheme });
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  context.setDefaultTimeout(PATIENCE);
  const page = await context.newPage();
  // What is asked of the engine and not answered yet; the stream of events never ends.
  page.asked = new Set();
  page.on('request', (request) => /\/api\/(?!events)/.test(request.url()) && page.asked.add(request));
  for (const end of ['requestfinished', 'requestfailed']) page.on(end, (request) => page.asked.delete(request));
  page.on('console', (message) => {
    if (message.type() === 'error' && !/status of 4\d\d/.test(message.text())) stage.problems.push(message.text());
  });
  page.on('pageerror', (error) => stage.problems.push(String(error)));
  if (built) await page.route(`${stage.origin}/**`, (route) => fromDisk(route, built));
  return page;
}

// While the page is being worked on: its files from the disk in place of those in the program.
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };
function fromDisk(route, folder) {
  const path = new URL(route.request().url()).pathname;
  if (path.startsWith('/api/')) return route.continue();
  const file = join(folder, path === '/' ? 'index.html' : path);
  if (!existsSync(file)) return route.fulfill({ status: 404 });
  return route.fulfill({
    body: readFileSync(file),
    contentType: TYPES[extname(file)],
    headers: { 'content-security-policy': "default-src 'self'; img-src 'self' blob:" },
  });
}

/** Waits until nothing is asked any more, and what was answered is on the screen. */
export async function settled(page) {
  const until = Date.now() + PATIENCE;
  do {
    await page.waitForTimeout(60);
    await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
  } while (page.asked.size > 0 && Date.now() < until);
}

/** Opens a scenario by its link. */
export async function show(stage, scenario) {
  const link = Buffer.from(JSON.stringify(scenario)).toString('base64url');
  await stage.page.goto(`${stage.origin}/#/wizard`);
  await stage.page.goto(`${stage.origin}/#/wizard/${link}`);
  await stage.page.locator('#verdict').waitFor();
  await settled(stage.page);
}

/** What axe finds wrong. The page's policy forbids foreign scripts, so it is run as the page's own. */
export async function violations(page) {
  await page.evaluate(AXE);
  // Half-way to another colour nothing has its contrast.
  await page.evaluate(() => Promise.allSettled(document.getAnimations().map((it) => it.finished)));
  const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  return found.violations.map((it) => `${it.id}: ${it.nodes.map((node) => node.target.join(' ')).slice(0, 3).join(' | ')}`);
}

export const BLOCKED = {
  page: { url: 'https://app.example.com/' },
  request: {
    method: 'PUT',
    url: 'https://api.example.com/items/7',
    headers: [['Content-Type', 'application/json'], ['X-Tenant', 'blue']],
    credentials: 'include',
    body: { type: 'string', data: '{}' },
  },
  preflight: {
    status: 204,
    headers: [['Access-Control-Allow-Origin', ' *'], ['Access-Control-Allow-Methods', ' GET, POST'], ['Server', ' nginx/1.24']],
  },
};
