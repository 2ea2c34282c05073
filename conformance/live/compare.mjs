// Shows where the engine differs from rows: `node compare.mjs --help`.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

const HELP = `usage: node compare.mjs --corscope PROGRAM --browser NAME [--show N] [--field NAME] SCENARIOS ROWS

Runs the scenarios through the engine and compares with the rows that a browser gave, field by field.
Exit code 1 when something differs.`;
const RECORDED_HEADERS = ['origin', 'access-control-request-method', 'access-control-request-headers', 'authorization'];
const FIELDS = ['outcome', 'sent', 'visible_headers', 'status', 'response_type', 'browser_code', 'console'];

const { values, positionals } = parseArgs({
  options: {
    corscope: { type: 'string' }, browser: { type: 'string' }, show: { type: 'string', default: '20' }, field: { type: 'string' },
    ids: { type: 'boolean' }, help: { type: 'boolean' },
  },
  allowPositionals: true,
});
if (values.help || !values.corscope || !values.browser || positionals.length !== 2) {
  console.log(HELP);
  process.exit(values.help ? 0 : 2);
}

const lines = (path) => readFileSync(path, 'utf8').split('\n').filter(Boolean);
const scenarios = lines(positionals[0]);
const rows = lines(positionals[1]).map((line) => JSON.parse(line));
const said = spawnSync(values.corscope, ['simulate', '--jsonl', '--browser', values.browser, '-'], {
  input: `${scenarios.join('\n')}\n`, maxBuffer: 2 ** 31 - 1, encoding: 'utf8',
});
const verdicts = said.stdout.split('\n').filter(Boolean).map((line) => JSON.parse(line));

const counts = {};
let left = Number(values.show);
let differing = 0;
for (const [index, row] of rows.entries()) {
  const verdict = verdicts[index];
  if (verdict.error) verdict.outcome = `error: ${verdict.error.message}`;
  const differences = FIELDS.filter((field) => {
    if (field === 'browser_code' && values.browser !== 'chromium') return false;
    if (field === 'response_type' && row.response_type === null) return false;
    return JSON.stringify(shown(field, row)) !== JSON.stringify(shown(field, verdict));
  });
  if (differences.length === 0) continue;
  differing++;
  for (const field of differences) counts[field] = (counts[field] ?? 0) + 1;
  if (values.field && !differences.includes(values.field)) continue;
  if (left-- <= 0) continue;
  if (values.ids) { console.log(row.id); continue; }
  console.log(`--- ${row.id}\n${scenarios[index]}`);
  for (const field of differences) {
    console.log(`  ${field}\n    ${values.browser}: ${JSON.stringify(shown(field, row))}\n    engine: ${JSON.stringify(shown(field, verdict))}`);
  }
}
console.error(`${rows.length} rows, ${differing} differ`, counts);
process.exit(differing > 0 ? 1 : 0);

function shown(field, row) {
  const value = row[field] ?? null;
  if (field === 'sent') {
    return (value ?? []).map(({ method, url, preflight, headers }) => ({
      method, url, preflight,
      headers: Object.fromEntries(RECORDED_HEADERS.filter((name) => name in headers).map((name) => [name, headers[name]])),
    }));
  }
  if (field === 'console' || field === 'visible_headers') return [...new Set(value ?? [])].sort();
  return value;
}
