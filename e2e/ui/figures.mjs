// The figures that the page promises. Printed, and held (CORSCOPE_SLACK=3 on a busy machine): sh bench/web_page.sh target/release/corscope
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { BLOCKED, open, ROOT, settled, show } from './stage.mjs';

const DIST = join(ROOT, 'ui/dist/app');
/** A shared and busy machine is no reason to fail; a slow page is. */
const SLACK = Number(process.env.CORSCOPE_SLACK ?? 1);

let stage;
before(async () => (stage = await open()));
after(() => stage?.close());

test('JavaScript: at most 90 kB for the first screen, 300 kB in all, gzip', (context) => {
  const size = (name) => gzipSync(readFileSync(join(DIST, name))).length;
  const scripts = readdirSync(join(DIST, 'assets')).filter((name) => name.endsWith('.js')).map((name) => `assets/${name}`);
  const index = readFileSync(join(DIST, 'index.html'), 'utf8');
  const first = [...index.matchAll(/(?:src|href)="\/([^"]+\.js)"/g)].map((match) => size(match[1])).reduce((a, b) => a + b, 0);
  const all = scripts.map(size).reduce((a, b) => a + b, size('theme.js'));
  context.diagnostic(`first screen ${(first / 1000).toFixed(1)} kB, all ${(all / 1000).toFixed(1)} kB`);
  assert.ok(first <= 90_000 && all <= 300_000);
});

test('first render: under 300 ms', async (context) => {
  const times = [];
  for (let round = 0; round < 7; round++) {
    await stage.page.goto('about:blank');
    await stage.page.goto(`${stage.origin}/#/wizard`);
    await stage.page.waitForFunction(() => performance.getEntriesByName('first-contentful-paint').length > 0);
    times.push(await stage.page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0].startTime));
  }
  times.sort((a, b) => a - b);
  context.diagnostic(`first contentful paint, median of 7: ${times[3].toFixed(0)} ms, worst ${times[6].toFixed(0)} ms`);
  assert.ok(times[3] < 300 * SLACK);
});

// After a key press Chromium holds back every task of a page until it has drawn its next frame: a timer
// of 3 ms takes 16 at the 95th percentile. What is ours, the way to the engine and back and on to the
// screen, is held without that; what people see is printed, and may be that one frame later.
const FRAME = 1000 / 60;
for (const [what, flags, most] of [
  ['a verdict after a key press: under 16 ms at the 95th percentile', ['--disable-features=DeferRendererTasksAfterInput'], 16],
  ['the same as people see it: at most a frame later', [], 16 + FRAME],
])
  test(what, async (context) => {
    const typing = await open({ flags });
    try {
      const times = await verdictTimes(typing);
      const at = (share) => times[Math.min(times.length - 1, Math.floor(times.length * share))];
      context.diagnostic(`${times.length} key presses: median ${at(0.5).toFixed(1)} ms, p95 ${at(0.95).toFixed(1)} ms, worst ${at(1).toFixed(1)} ms`);
      assert.ok(times.length > 150);
      assert.ok(at(0.95) < most * SLACK);
    } finally {
      await typing.close();
    }
  });

/** From the key to the verdict in the page, the shortest first. */
async function verdictTimes(typing) {
  const { page } = typing;
  await show(typing, BLOCKED);
  await page.locator('#step-target').click();
  await page.locator('#target-url').focus();
  await page.evaluate(() => {
    globalThis.measured = [];
    let pressed = 0;
    addEventListener('keydown', (event) => (pressed = event.timeStamp), true);
    const told = (list) => globalThis.measured.push(...list.getEntries().map((it) => it.startTime + it.duration - pressed));
    new PerformanceObserver(told).observe({ type: 'measure' });
  });
  for (let index = 0; index < 200; index++) {
    await page.keyboard.press(index % 2 === 0 ? 'x' : 'Backspace');
    await page.waitForTimeout(40);
  }
  await settled(page);
  return (await page.evaluate(() => globalThis.measured)).sort((a, b) => a - b);
}
