// A HAR as a start: the one request that fails opens here; where there are more, one chooses among
// them in the traffic list.
import { addHar, detail, rows } from '../../engine/ask';
import type { Scenario } from '../../engine/types';

export type FromHar = { scenario: Scenario; notes: string[] } | { capture: string };

/** A scenario is never that long; a HAR mostly is. */
export const MOST_SCENARIO = 1_000_000;

/** Whether a file is a HAR by its name or size; the text of others is looked at. */
export const isHar = (file: File): boolean => /\.har(\.gz)?$/i.test(file.name) || file.size > MOST_SCENARIO;

export async function fromHar(file: File): Promise<FromHar> {
  const { id } = await addHar(file);
  const failing = await rows(id, 'cors:fail', 0, 1);
  const only = failing.matched === 1 ? failing : failing.matched === 0 && failing.total === 1 ? await rows(id, '', 0, 1) : null;
  const number = only?.rows[0]?.number;
  const scenario = number === undefined ? undefined : (await detail(id, number)).scenario;
  if (!scenario) return { capture: id };
  const which = failing.matched === 1 ? `the only one of ${failing.total} that CORS blocks` : 'the only one';
  return { scenario, notes: [`Read from ${file.name}: request #${number}, ${which}.`] };
}
