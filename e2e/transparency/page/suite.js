// Runs each case on each server, one after the other, and reports what script saw.
import { cases, serverTools } from '/tools.js';
import '/plain.js';
import '/bodies.js';
import '/streams.js';
import '/elements.js';

// Only a case that hangs waits that long.
const PATIENCE_MS = 20_000;

async function one(run, tools) {
  let timer;
  const late = new Promise((resolve) => (timer = setTimeout(resolve, PATIENCE_MS, 'TIMED OUT')));
  const seen = run(tools).catch((error) => ({ error: `${error.name}: ${error.message}` }));
  const result = await Promise.race([seen, late]);
  clearTimeout(timer);
  return result;
}

const ports = await (await fetch('/ports')).json();
const seen = {};
for (const [server, port] of Object.entries(ports)) {
  const base = `${server === 'http' ? 'http' : 'https'}://localhost:${port}`;
  for (const { name, run, on } of cases.filter(({ on }) => on.includes(server))) {
    const full = `${server}: ${name}`;
    seen[full] = await one(run, serverTools(full, base));
  }
}
const run = new URL(location).searchParams.get('run');
await fetch(`/report?run=${run}`, { method: 'POST', body: JSON.stringify(seen) });
document.title = 'done';
