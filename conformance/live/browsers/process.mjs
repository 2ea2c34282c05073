// Profiles that are thrown away, and browsers that really end.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export function profileFolder(browser) {
  const path = mkdtempSync(join(tmpdir(), `corscope-live-${browser}-`));
  return { path, remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 5 }) };
}

/** Asks a browser to end, and ends it when it does not. */
export async function stopped(child, ask) {
  if (child.exitCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  ask();
  const timer = setTimeout(() => child.kill('SIGKILL'), 5000);
  await ended;
  clearTimeout(timer);
}
