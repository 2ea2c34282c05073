// The one way to the engine: JSON over loopback. What comes back was judged there.
import { askPromptly, received, type Reply } from './promptly';
import type {
  BreakpointDocument,
  CaptureDocument,
  Checked,
  Completions,
  ContractOrder,
  Decision,
  Detail,
  Explanations,
  FaultReply,
  GroupedWindow,
  HeldList,
  HeldMessage,
  Matrix,
  Messages,
  OpenOrder,
  PassedDocument,
  PolicyDocument,
  Program,
  RecipeEntry,
  RenderedRecipe,
  RewriteDocument,
  RewriteList,
  RowWindow,
  RuleEntry,
  RulePage,
  Scenario,
  SettingsDocument,
  ShownBody,
  Simulation,
  Understood,
  WrittenContract,
} from './types';

export type FaultDocument = FaultReply['error'];

/** A refusal: what is wrong, where, and how to mend it. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly fault: FaultDocument,
  ) {
    super(fault.message);
  }
}

/** What is shown of anything that went wrong. */
export function faultOf(error: unknown): FaultDocument {
  if (error instanceof Refused) return error.fault;
  return {
    code: 'no-answer',
    message: 'corscope does not answer',
    mend: 'start corscope serve again, and open the link that it prints',
  };
}

let onNoSession = (_fault: FaultDocument): void => {};

/** What to do when this browser has not been let in. */
export function whenNotLetIn(act: (fault: FaultDocument) => void): void {
  onNoSession = act;
}

async function ask<T>(path: string, body?: unknown): Promise<T> {
  return answered<T>(await received(await fetch(path, asking(body))));
}

function asking(body?: unknown): RequestInit {
  if (body === undefined) return { credentials: 'same-origin' };
  return {
    credentials: 'same-origin',
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  };
}

function answered<T>({ status, text }: Reply): T {
  if (status >= 200 && status < 300) return (status === 204 ? undefined : JSON.parse(text)) as T;
  const refused = new Refused(status, faultIn(text) ?? { code: 'failed', message: `corscope answered ${status}` });
  if (status === 401) onNoSession(faultOf(refused));
  throw refused;
}

function faultIn(text: string): FaultDocument | undefined {
  try {
    return (JSON.parse(text) as FaultReply).error;
  } catch {
    return undefined;
  }
}

export const enter = (token: string) => ask<void>('/api/session', { token });
export const program = () => ask<Program>('/api/program');
/** The scenario is given as JSON text, so that a key press writes it once. */
export const simulate = async (scenario: string, trace?: string) =>
  answered<Simulation>(await askPromptly(`/api/simulate${trace ? `?trace=${trace}` : ''}`, asking(scenario)));
export const check = (scenario: Scenario, send: boolean) =>
  ask<Checked>(`/api/check${send ? '?send=1' : ''}`, scenario);
export const contract = (order: ContractOrder) => ask<WrittenContract>('/api/contract', order);
export const explain = (text: string) => ask<Explanations>('/api/explain', { text });
export const understand = (text: string) => ask<Understood>('/api/input', { text });
export const rules = () => ask<RuleEntry[]>('/api/rules');
export const rule = (code: string) => ask<RulePage>(`/api/rules/${encodeURIComponent(code)}`);
export const recipes = () => ask<RecipeEntry[]>('/api/recipes');
export const recipe = (stack: string, policy: PolicyDocument) =>
  ask<RenderedRecipe>(`/api/recipes/${encodeURIComponent(stack)}`, { policy });

const query = (entries: Record<string, string | number | boolean | undefined>) => {
  const given = Object.entries(entries).filter(([, value]) => value !== undefined && value !== '');
  return new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
};
const capture = (id: string, rest: string) => `/api/captures/${encodeURIComponent(id)}/${rest}`;

export const captures = () => ask<CaptureDocument[]>('/api/captures');
/** Rows from a place on, or the last ones. */
export const rows = (id: string, filter: string, from: number, count: number, last = false) =>
  ask<RowWindow>(capture(id, `rows?${query({ filter, count, ...(last ? { last: 1 } : { from }) })}`));
export const groups = (id: string, filter: string, closed: string[], from: number, count: number) =>
  ask<GroupedWindow>(capture(id, `groups?${query({ filter, closed: closed.join(' '), from, count })}`));
export const place = (id: string, filter: string, number: number) =>
  ask<{ index: number }>(capture(id, `place?${query({ filter, number })}`));
export const matrix = (id: string, filter: string) => ask<Matrix>(capture(id, `matrix?${query({ filter })}`));
export const detail = (id: string, number: number) => ask<Detail>(capture(id, `rows/${number}`));
export const body = (id: string, number: number, exchange: number, side: 'request' | 'response', original: boolean) =>
  ask<ShownBody>(capture(id, `rows/${number}/body?${query({ exchange, side, original: original ? 1 : undefined })}`));
export const messages = (id: string, number: number, exchange: number) =>
  ask<Messages>(capture(id, `rows/${number}/messages?${query({ exchange })}`));
export const copied = (id: string, number: number, exchange: number, as: 'curl' | 'fetch') =>
  ask<{ text: string }>(capture(id, `rows/${number}/copy?${query({ exchange, as })}`));
export const pin = (id: string, number: number, pinned: boolean) =>
  ask<void>(capture(id, `rows/${number}/pin`), { pinned });
export const makePass = (id: string, number: number) => ask<PassedDocument>(capture(id, `rows/${number}/pass`), {});
export const clearCapture = (id: string) => ask<void>(capture(id, 'clear'), {});
export const removeCapture = (id: string) => ask<void>(capture(id, 'remove'), {});
export const harLink = (id: string, secrets: boolean) => capture(id, `har${secrets ? '?secrets=1' : ''}`);
export const complete = (filter: string, cursor: number) =>
  ask<Completions>(`/api/complete?${query({ filter, cursor })}`);

/** Sends a HAR's bytes as they are; the browser streams them from the disk. */
export async function addHar(file: File): Promise<CaptureDocument> {
  const response = await fetch(`/api/captures?${query({ name: file.name })}`, {
    method: 'POST',
    credentials: 'same-origin',
    headers: { 'Content-Type': 'application/octet-stream' },
    body: file,
  });
  return answered<CaptureDocument>(await received(response));
}

export const rewrites = () => ask<RewriteList>('/api/rewrites');
export const putRewrite = (document: Partial<RewriteDocument>) =>
  ask<{ id: string }>('/api/rewrites/rewrite', document);
export const putBreakpoint = (document: Partial<BreakpointDocument>) =>
  ask<{ id: string }>('/api/rewrites/breakpoint', document);
export const switchRewrites = (to: { enabled?: boolean; show_every_preflight?: boolean }) =>
  ask<void>('/api/rewrites/switch', to);
export const changeEntry = (change: { id: string; enabled?: boolean; remove?: boolean; index?: number }) =>
  ask<void>('/api/rewrites/entry', change);
export const rulesFile = () => ask<{ toml: string }>('/api/rewrites/file');
export const loadRules = (toml: string) => ask<void>('/api/rewrites/file', { toml });
export const holds = () => ask<HeldList>('/api/holds');
export const held = (id: number) => ask<HeldMessage>(`/api/holds/${id}`);
export const decide = (id: number, decision: Decision) => ask<void>(`/api/holds/${id}`, decision);
export const goOnAll = () => ask<void>('/api/holds/all', {});
export const settings = () => ask<SettingsDocument>('/api/settings');
export const openBrowser = (order: OpenOrder) => ask<void>('/api/browser', order);
