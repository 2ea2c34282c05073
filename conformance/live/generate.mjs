// Writes scenarios that nobody recorded: `node generate.mjs --help`.

import { parseArgs } from 'node:util';
import { GRIDS, grid } from './grids.mjs';
import { Random } from './random.mjs';
import { scenario } from './scenarios.mjs';

const HELP = `usage: node generate.mjs --seed N --count N [--prefix g]
       node generate.mjs --grid NAME,…|all

Writes scenarios, one a line: drawn by a seed, or every value of a pool.
Grids: ${Object.keys(GRIDS).join(', ')}`;

const { values } = parseArgs({
  options: {
    seed: { type: 'string' }, count: { type: 'string' }, prefix: { type: 'string', default: 'g' },
    grid: { type: 'string' }, help: { type: 'boolean' },
  },
});
if (values.help || (!values.grid && !(values.seed && values.count))) {
  console.log(HELP);
  process.exit(values.help ? 0 : 2);
}
const write = (document) => process.stdout.write(`${JSON.stringify(document)}\n`);
for (const name of values.grid === 'all' ? Object.keys(GRIDS) : (values.grid?.split(',') ?? [])) {
  for (const document of grid(name)) write(document);
}
const random = new Random(Number(values.seed));
for (let number = 0; number < Number(values.count ?? 0); number++) {
  const id = `${values.prefix}${String(number).padStart(5, '0')}`;
  write(scenario(random, id));
}
