// The one way to the engine: JSON over loopback. What comes back was judged there.
import type {
  Checked,
  Explanations,
  FaultReply,
  PolicyDocument,
  Program,
  RecipeEntry,
  RenderedRecipe,
  RuleEntry,
  RulePage,
  Scenario,
  Simulation,
  Understood,
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

let onNoSession = (): void => {};

/** What to do when this browser has not been let in. */
export function whenNotLetIn(act: () => void): void {
  onNoSession = act;
}

async function ask<T>(path: string, body?: unknown): Promise<T> {
  const init: RequestInit = { credentials: 'same-origin' };
  if (body !== undefined) {
    init.method = 'POST';
    init.headers = { 'Content-Type': 'application/json' };
    init.body = typeof body === 'string' ? body : JSON.stringify(body);
  }
  const response = await fetch(path, init);
  if (response.ok) return (response.status === 204 ? undefined : await response.json()) as T;
  const reply = (await response.json().catch(() => null)) as FaultReply | null;
  if (response.status === 401) onNoSession();
  throw new Refused(
    response.status,
    reply?.error ?? { code: 'failed', message: `corscope answered ${response.status}` },
  );
}

export const enter = (token: string) => ask<void>('/api/session', { token });
export const program = () => ask<Program>('/api/program');
/** The scenario is given as JSON text, so that a key press writes it once. */
export const simulate = (scenario: string, trace?: string) =>
  ask<Simulation>(`/api/simulate${trace ? `?trace=${trace}` : ''}`, scenario);
export const check = (scenario: Scenario, send: boolean) =>
  ask<Checked>(`/api/check${send ? '?send=1' : ''}`, scenario);
export const explain = (text: string) => ask<Explanations>('/api/explain', { text });
export const understand = (text: string) => ask<Understood>('/api/input', { text });
export const rules = () => ask<RuleEntry[]>('/api/rules');
export const rule = (code: string) => ask<RulePage>(`/api/rules/${encodeURIComponent(code)}`);
export const recipes = () => ask<RecipeEntry[]>('/api/recipes');
export const recipe = (stack: string, policy: PolicyDocument) =>
  ask<RenderedRecipe>(`/api/recipes/${encodeURIComponent(stack)}`, { policy });
