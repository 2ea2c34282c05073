// Which rows of a long list are asked for and drawn: arithmetic only.

/** The height of a row, in pixels. */
export const ROW = 30;

/** Rows that are kept beyond what is seen, above and below. */
const BEYOND = 40;

export type Span = { from: number; to: number };

/** The rows that are seen. */
export function seen(scrollTop: number, height: number, matched: number): Span {
  const from = Math.max(0, Math.min(Math.floor(scrollTop / ROW), matched));
  const to = Math.min(matched, Math.ceil((scrollTop + height) / ROW));
  return { from, to: Math.max(from, to) };
}

/** The rows to have at hand for what is seen. */
export function wanted(span: Span): Span {
  const from = Math.max(0, span.from - BEYOND);
  return { from, to: span.to + BEYOND };
}

/** Whether what is at hand covers what is seen. */
export const covers = (have: Span, span: Span): boolean => have.from <= span.from && have.to >= span.to;

/** Where to scroll so that a row is seen, or `null` where it is already. */
export function scrollTo(index: number, scrollTop: number, height: number): number | null {
  const top = index * ROW;
  if (top < scrollTop) return top;
  if (top + ROW > scrollTop + height) return top + ROW - height;
  return null;
}

/** A size in bytes, short. */
export function bytes(size: number): string {
  if (size < 1000) return `${size} B`;
  if (size < 1_000_000) return `${(size / 1000).toFixed(size < 10_000 ? 1 : 0)} kB`;
  if (size < 1_000_000_000) return `${(size / 1_000_000).toFixed(size < 10_000_000 ? 1 : 0)} MB`;
  return `${(size / 1_000_000_000).toFixed(1)} GB`;
}

/** A time in milliseconds, short. */
export function time(ms: number): string {
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  return `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;
}

/** A URL cut into what a list shows. */
export function target(url: string): { host: string; path: string } {
  try {
    const { host, pathname, search } = new URL(url);
    return { host, path: pathname + search };
  } catch {
    return { host: '', path: url };
  }
}
