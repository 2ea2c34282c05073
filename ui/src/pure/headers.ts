// Header lines as people type them, and as scenarios hold them.

export type HeaderPair = [string, string];

export type TypedHeaders = {
  headers: HeaderPair[];
  /** A line that is no header, counted from 1. */
  bad: { line: number; text: string }[];
};

/** Reads lines of `Name: value`. The value keeps every byte after the colon: a space can matter. */
export function readLines(text: string): TypedHeaders {
  const headers: HeaderPair[] = [];
  const bad: TypedHeaders['bad'] = [];
  text.split(/\r?\n/).forEach((line, index) => {
    if (line.trim() === '') return;
    const colon = line.indexOf(':');
    if (colon < 1 || /\s/.test(line.slice(0, colon))) bad.push({ line: index + 1, text: line });
    else headers.push([line.slice(0, colon), line.slice(colon + 1)]);
  });
  return { headers, bad };
}

/** Writes lines; a value that is not typed by hand gets the customary space. */
export function writeLines(headers: readonly HeaderPair[]): string {
  return headers.map(([name, value]) => `${name}:${/^\s/.test(value) ? '' : ' '}${value}`).join('\n');
}

/** Whether two lists say the same but for the space after the colon. */
export function isSame(one: readonly HeaderPair[], other: readonly HeaderPair[]): boolean {
  return writeLines(one) === writeLines(other);
}
