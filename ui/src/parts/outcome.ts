// The engine's outcomes in words; three looks, told apart by shape as well as by colour.
import type { VerdictDocument } from '../engine/types';

export type Tone = 'good' | 'bad' | 'open';

type Said = { tone: Tone; word: string; sentence: string };

const SAID: Record<string, Said> = {
  readable: { tone: 'good', word: 'allowed', sentence: 'Yes: your script can read the response' },
  opaque: { tone: 'open', word: 'opaque', sentence: 'It is sent, but your script can read nothing' },
  opaqueredirect: {
    tone: 'open',
    word: 'opaque redirect',
    sentence: 'The redirect is not followed, and your script can read nothing of it',
  },
  error: { tone: 'bad', word: 'blocked', sentence: 'No: the browser blocks it' },
  throw: { tone: 'bad', word: 'throws', sentence: 'No: the call throws before anything is sent' },
  incomplete: { tone: 'open', word: 'not known yet', sentence: 'It depends on what the server answers' },
};

export function said(verdict: Pick<VerdictDocument, 'outcome'>): Said {
  return SAID[verdict.outcome] ?? { tone: 'open', word: verdict.outcome, sentence: verdict.outcome };
}

export const LEGS: Record<string, string> = {
  preflight: 'Preflight',
  redirect: 'Request, redirected',
  actual: 'Request',
  request: 'Before anything is sent',
};
