// JSON as people read it.

/** Longer texts are shown as they are. */
const MOST = 1_000_000;

/** A text laid out, if it is JSON; its numbers may lose digits that JavaScript has none for. */
export function laidOut(text: string): string | null {
  if (text.length > MOST || !/^\s*[[{]/.test(text)) return null;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return null;
  }
}
