// A scenario in a link: JSON, base64url, in the URL's fragment, which browsers send to nobody.
import type { Scenario } from '../engine/types';

/** Longer links are not made and not read. */
export const MOST = 200_000;

export const encode = (scenario: Scenario): string => encodeText(JSON.stringify(scenario));

/** The same of a scenario that is JSON already. */
export function encodeText(scenario: string): string {
  const bytes = new TextEncoder().encode(scenario);
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

export type Decoded = { scenario: Scenario } | { problem: string };

/** Reads a link made by anyone; what the fields mean is for the engine to say. */
export function decode(text: string): Decoded {
  if (text.length > MOST) return { problem: 'this link is longer than a scenario can be' };
  try {
    const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    if (!isScenario(value)) return { problem: 'this link holds no scenario' };
    return { scenario: value };
  } catch {
    return { problem: 'this link is damaged: it may have been cut off' };
  }
}

type Plain = Record<string, unknown>;

const isPlain = (value: unknown): value is Plain =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isPairs = (value: unknown): boolean =>
  value === undefined ||
  (Array.isArray(value) &&
    value.every(
      (pair) =>
        Array.isArray(pair) && pair.length === 2 && pair.every((part) => typeof part === 'string'),
    ));

const isText = (value: unknown): boolean => value === undefined || typeof value === 'string';

const isAnswer = (value: unknown): boolean =>
  value === undefined || (isPlain(value) && isPairs(value.headers));

/** Whether the page can show it: the shape of what it reads, no more. */
export function isScenario(value: unknown): value is Scenario {
  if (!isPlain(value) || !isPlain(value.page) || !isPlain(value.request)) return false;
  const { page, request, responses, reads } = value as { [key: string]: Plain } & Plain;
  return (
    isText(page!.url) &&
    isText(page!.origin) &&
    typeof request!.url === 'string' &&
    isText(request!.method) &&
    isPairs(request!.headers) &&
    (request!.body === undefined || isPlain(request!.body)) &&
    isAnswer(value.preflight) &&
    (reads === undefined ||
      (Array.isArray(reads) && reads.every((name: unknown) => typeof name === 'string'))) &&
    (responses === undefined ||
      (Array.isArray(responses) &&
        responses.every(
          (hop: unknown) => isPlain(hop) && isAnswer(hop) && isAnswer(hop.preflight),
        )))
  );
}
