// WebKitGTK's MiniBrowser: its console on the standard output, on a display of its own.

import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { profileFolder, stopped } from './process.mjs';

const PROGRAMS = ['/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser', '/usr/libexec/webkit2gtk-4.1/MiniBrowser'];

export class WebKit {
  name = 'webkit';
  settle = 8;
  #display;
  #child;
  #profile;
  #watch;

  constructor(watch) {
    this.#watch = watch;
  }

  async open(url) {
    this.#profile = profileFolder('webkit');
    const { child, name } = await virtualDisplay();
    this.#display = child;
    const program = process.env.MINIBROWSER ?? PROGRAMS.find(existsSync);
    if (!program) throw new Error('no MiniBrowser: install webkit2gtk-driver, or set MINIBROWSER');
    const environment = {
      ...process.env,
      DISPLAY: name,
      HOME: this.#profile.path,
      XDG_CACHE_HOME: this.#profile.path,
      XDG_CONFIG_HOME: this.#profile.path,
      XDG_DATA_HOME: this.#profile.path,
      GDK_BACKEND: 'x11',
      LIBGL_ALWAYS_SOFTWARE: '1',
      WEBKIT_DISABLE_COMPOSITING_MODE: '1',
      WEBKIT_DISABLE_DMABUF_RENDERER: '1',
      WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1', // it visits only our own server
    };
    const { stdout } = spawnSync(program, ['--version'], { env: environment, encoding: 'utf8' });
    this.version = `webkitgtk/${/[\d.]+/.exec(stdout)?.[0]}`;
    // Not `--private`: an ephemeral page keeps its console to itself.
    const flags = ['--enable-write-console-messages-to-stdout=true'];
    // Its console stays silent unless all three are pipes of a shell (Node gives sockets).
    const command = 'cat | stdbuf -oL "$@" 2>&1 | cat';
    this.#child = spawn('sh', ['-c', command, 'sh', program, ...flags, url], {
      env: environment,
      stdio: ['pipe', 'pipe', 'ignore'],
      detached: true, // a process group, to be ended as one
    });
    createInterface({ input: this.#child.stdout }).on('line', (line) => this.#watch({ line }));
  }

  async close() {
    await stopped(this.#child, () => process.kill(-this.#child.pid));
    await stopped(this.#display, () => this.#display.kill());
    this.#profile.remove();
  }
}

// Xvfb chooses a free display and writes its number.
function virtualDisplay() {
  const child = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '800x600x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.stdio[3].setEncoding('utf8').on('data', (text) => resolve({ child, name: `:${text.trim()}` }));
  });
}
