// Where evidence points: pieces of a header line, guilty or not.
import type { DiagnosticDocument } from '../engine/types';

export type Piece = { text: string; guilty: boolean };

/** Cuts a text at spans, counted in Latin-1 characters as the engine counts bytes. */
export function pieces(text: string, spans: readonly [number, number][]): Piece[] {
  const sorted = spans
    .map(([start, end]) => [Math.max(0, start), Math.min(text.length, end)] as const)
    .filter(([start, end]) => start < end)
    .sort((one, other) => one[0] - other[0]);
  const found: Piece[] = [];
  let at = 0;
  for (const [start, end] of sorted) {
    if (end <= at) continue;
    const from = Math.max(start, at);
    if (from > at) found.push({ text: text.slice(at, from), guilty: false });
    found.push({ text: text.slice(from, end), guilty: true });
    at = end;
  }
  if (at < text.length || found.length === 0) found.push({ text: text.slice(at), guilty: false });
  return found;
}

export type Seen = {
  /** Spans of the value, by the header line's index. */
  lines: Map<number, [number, number][]>;
  /** Names of headers that are not there. */
  absent: string[];
  /** `status`, `method`, `url`. */
  parts: Set<string>;
};

/** What the findings say about one message of one leg. */
export function seenAt(
  diagnostics: readonly DiagnosticDocument[],
  leg: number,
  message: 'request' | 'response',
): Seen {
  const seen: Seen = { lines: new Map(), absent: [], parts: new Set() };
  for (const { evidence, severity } of diagnostics) {
    if (severity !== 'refusal') continue;
    for (const it of evidence) {
      if (it.leg_index !== leg || it.message !== message) continue;
      if (it.header !== undefined) {
        const spans = seen.lines.get(it.header) ?? [];
        if (it.span) spans.push(it.span);
        seen.lines.set(it.header, spans);
      }
      if (it.absent && !seen.absent.includes(it.absent)) seen.absent.push(it.absent);
      if (it.part) seen.parts.add(it.part);
    }
  }
  return seen;
}

/** A header's name as it is customarily written. */
export function spelled(name: string): string {
  return name.replace(/(^|-)([a-z])/g, (_, dash: string, letter: string) => dash + letter.toUpperCase());
}

/** Characters that would be invisible, made visible. */
export function visible(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g, (it) => {
    const code = it.charCodeAt(0);
    return code < 0x20 ? String.fromCharCode(0x2400 + code) : '\ufffd';
  });
}
