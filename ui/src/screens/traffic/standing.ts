// How a row stands, in words and looks. The words are the engine's.
import type { RowDocument } from '../../engine/types';
import type { Tone } from '../../parts/outcome';

export const TONES: Record<string, Tone> = {
  allowed: 'good',
  blocked: 'bad',
  opaque: 'open',
  'depends-on-credentials': 'open',
  unknown: 'open',
};

export const WORDS: Record<string, string> = {
  allowed: 'allowed',
  blocked: 'blocked',
  opaque: 'opaque: the script can read nothing of it',
  'depends-on-credentials': 'blocked if the script includes credentials',
  unknown: 'not known yet',
  'not-cors': 'CORS has no say',
};

/** What is to be said of a row's preflight, in a few words. */
export function preflightWord(row: RowDocument): string {
  if (row.preflight_learnt_at !== undefined) return `cached, #${row.preflight_learnt_at}`;
  if (row.never_sent && row.preflight === 'failed') return 'failed, never sent';
  return { none: '', ok: 'seen', failed: 'failed', cached: 'cached', missing: 'missing' }[row.preflight] ?? row.preflight;
}
