// Tells whose console line a line is, and which lines are about the request at all.

// What every failure prints beside its reason, and our own marks.
const NOISE = {
  chromium: /^Failed to load resource: |^live-|^Error: live-|^Uncaught/,
  firefox: /^Error: live-|^XML Parsing Error: /,
  webkit: /^Error: live-|^live-|^Failed to load resource: |^ArrayBuffer is deprecated/,
};
const ID = /\/[ts]\/([a-z]+\d+)\//;

export class Console {
  #browser;
  #running = null;
  #lines = new Map();
  #codes = new Map();

  constructor(browser) {
    this.#browser = browser;
  }

  /** Takes a console line, or Chromium's CORS error of a URL; `from` is the script that is to blame. */
  see({ line, from = '', code, url }) {
    if (code) {
      const id = ID.exec(url)?.[1] ?? this.#running;
      if (!this.#codes.has(id)) this.#codes.set(id, code);
      return;
    }
    const text = (this.#browser === 'webkit' ? webkitText(line) : line).replace(/\n+$/, '');
    const isOfBrowser = /^(chrome|resource|moz-extension):/.test(from);
    if (text === '' || isOfBrowser) return;
    const mark = /live-(begin|end) (\S+)$/.exec(text);
    if (mark) this.#running = mark[1] === 'begin' ? mark[2] : null;
    if (NOISE[this.#browser].test(text)) return;
    const id = ID.exec(text)?.[1] ?? this.#running;
    if (!this.#lines.has(id)) this.#lines.set(id, new Set());
    this.#lines.get(id).add(text);
  }

  of(id) {
    const console = [...(this.#lines.get(id) ?? [])].map(withoutGuid).sort();
    return { console, browser_code: this.#codes.get(id) ?? null };
  }
}

// `CONSOLE <source> <level> <text>`, after the page's URL and position when there is one.
function webkitText(line) {
  return line.replace(/^(?:\S+:\d+:\d+: )?CONSOLE (?:[A-Z-]+ )?(?:LOG|INFO|WARN|ERROR|DEBUG) /, '');
}

const withoutGuid = (line) => line.replace(/\{[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\}/g, '{GUID}');
