// The scenario in the making, and the engine's latest word on it.
import { tick } from 'svelte';
import { check, faultOf, simulate, type FaultDocument } from '../../engine/ask';
import { prepare } from '../../engine/promptly';
import { withAnswer } from '../../pure/answers';
import type { AnswerDocument, Checked, Scenario, Simulation } from '../../engine/types';

export const blank = (): Scenario => ({ page: { url: '' }, request: { url: '' } });

export class Draft {
  scenario = $state<Scenario>(blank());
  simulation = $state.raw<Simulation | null>(null);
  fault = $state.raw<FaultDocument | null>(null);
  checked = $state.raw<Checked | null>(null);
  checkFault = $state.raw<FaultDocument | null>(null);
  isChecking = $state(false);
  /** How often the scenario was replaced as a whole: one then looks at the verdict anew. */
  turn = $state(0);
  /** What was read otherwise than pasted. */
  notes = $state.raw<string[]>([]);

  #wanted: string | null = null;
  #running: Promise<void> | null = null;

  constructor() {
    prepare();
  }

  /** The scenario as it goes over the wire. */
  get text(): string {
    const scenario = $state.snapshot(this.scenario) as Scenario;
    if (!scenario.page.url) delete scenario.page.url;
    return JSON.stringify(scenario);
  }

  /** Whether there is anything to judge. */
  get isBegun(): boolean {
    const { page, request } = this.scenario;
    return Boolean((page.url || page.origin) && request.url);
  }

  /** Starts from another scenario. */
  take(scenario: Scenario, notes: string[] = []): void {
    this.turn++;
    this.scenario = scenario;
    this.notes = notes;
    this.checked = null;
    this.checkFault = null;
  }

  /** Asks for a verdict on what is there now. While one is on its way, only the newest waits. */
  async judge(text: string): Promise<void> {
    this.#wanted = text;
    this.#running ??= this.#judgeAll();
    await this.#running;
  }

  async #judgeAll(): Promise<void> {
    while (this.#wanted !== null) {
      const text: string = this.#wanted;
      this.#wanted = null;
      try {
        this.simulation = await simulate(text);
        this.fault = null;
      } catch (error) {
        this.fault = faultOf(error);
      }
    }
    this.#running = null;
  }

  forget(): void {
    this.#wanted = null;
    this.simulation = null;
    this.fault = null;
  }

  /** The refusal that concerns a field, by the start of its path. */
  faultAt(...places: string[]): FaultDocument | null {
    const at = this.fault?.at ?? '';
    return places.some((place) => at === place || at.startsWith(`${place}.`) || at.startsWith(`${place}[`))
      ? this.fault
      : null;
  }

  /** Whether any browser sends a preflight at a hop; unknown before there is a verdict. */
  hasPreflight(hop: number): boolean | null {
    if (!this.simulation) return null;
    return this.simulation.verdicts.some((verdict) =>
      verdict.legs.some((leg) => leg.preflight && leg.hop === hop),
    );
  }

  /** How many hops are known or awaited. */
  get hops(): number {
    const legs = this.simulation?.verdicts.flatMap((verdict) => verdict.legs) ?? [];
    const awaited = legs.filter((leg) => !leg.preflight).map((leg) => leg.hop + 1);
    return Math.min(24, Math.max(1, this.scenario.responses?.length ?? 0, ...awaited));
  }

  answer(preflight: boolean, hop: number): AnswerDocument | undefined {
    if (!preflight) return this.scenario.responses?.[hop];
    return hop === 0 ? this.scenario.preflight : this.scenario.responses?.[hop]?.preflight;
  }

  setAnswer(preflight: boolean, hop: number, answer: AnswerDocument | undefined): void {
    this.scenario = withAnswer($state.snapshot(this.scenario) as Scenario, preflight, hop, answer);
  }

  /** Fills in one answer that works, or all of them: for what is there now, not for what was judged last. */
  async fillIn(preflight?: boolean, hop?: number): Promise<void> {
    await tick();
    await this.#running;
    if (preflight === undefined) this.turn++;
    for (const needed of this.simulation?.needs?.answers ?? []) {
      if (preflight !== undefined && (needed.preflight !== preflight || needed.hop !== hop)) continue;
      this.setAnswer(needed.preflight, needed.hop, {
        status: needed.status,
        headers: needed.headers.map(([name, value]) => [name, value]),
      });
    }
  }

  /** Asks the real server, and takes its answers. */
  async askServer(send: boolean): Promise<void> {
    this.isChecking = true;
    this.checkFault = null;
    try {
      const checked = await check(JSON.parse(this.text) as Scenario, send);
      this.scenario = checked.scenario;
      this.turn++;
      this.checked = checked;
    } catch (error) {
      this.checkFault = faultOf(error);
    }
    this.isChecking = false;
  }
}
