// Records what a real browser does with scenarios: `node record.mjs --help`.

import { createReadStream, createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { Chromium } from './browsers/chromium.mjs';
import { Firefox } from './browsers/firefox.mjs';
import { WebKit } from './browsers/webkit.mjs';
import { Recording } from './recording.mjs';

const HELP = `usage: node record.mjs --browser chromium|firefox|webkit [--only ID,…] SCENARIOS ROWS

Plays the scenarios of SCENARIOS (one JSON document a line; sequences too) in a real browser and
writes one row a line to ROWS, in the form of the recorded rows of this folder.
Ports 8000 to 8003 must be free.`;

const { values, positionals } = parseArgs({
  options: { browser: { type: 'string' }, only: { type: 'string' }, help: { type: 'boolean' } },
  allowPositionals: true,
});
const Browser = { chromium: Chromium, firefox: Firefox, webkit: WebKit }[values.browser];
if (values.help || !Browser || positionals.length !== 2) {
  console.log(HELP);
  process.exit(values.help ? 0 : 2);
}

const only = values.only && new Set(values.only.split(','));
const documents = [];
for await (const line of createInterface({ input: createReadStream(positionals[0]) })) {
  const document = JSON.parse(line);
  if (!only || only.has(document.id)) documents.push(document);
}
const rows = createWriteStream(positionals[1]);
const started = Date.now();
await new Recording(documents, Browser).run((row) => rows.write(`${JSON.stringify(row)}\n`));
await new Promise((resolve) => rows.end(resolve));
const seconds = (Date.now() - started) / 1000;
console.error(`${values.browser}: ${documents.length} scenarios in ${seconds.toFixed(1)} s`);
process.exit(0);
