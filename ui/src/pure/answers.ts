// A scenario with one of its answers given anew.
import type { AnswerDocument, Scenario } from '../engine/types';

/** The answer to a hop's preflight or to its request; `undefined` makes it, and what follows, unknown. */
export function withAnswer(scenario: Scenario, preflight: boolean, hop: number, answer: AnswerDocument | undefined): Scenario {
  // What was seen of the network, and what was asked besides, was of another answer.
  const { network: _network, probes: _probes, ...rest } = scenario;
  if (preflight && hop === 0) {
    const { preflight: _old, ...other } = rest;
    return answer ? { ...other, preflight: answer } : other;
  }
  const responses = [...(rest.responses ?? [])];
  if (preflight) {
    const own = responses[hop];
    if (!own) return rest;
    const { preflight: _old, ...other } = own;
    responses[hop] = answer ? { ...other, preflight: answer } : other;
  } else if (answer) {
    while (responses.length < hop) responses.push({ status: 200, headers: [] });
    const kept = responses[hop]?.preflight;
    responses[hop] = kept ? { ...answer, preflight: kept } : answer;
  } else responses.splice(hop);
  return { ...rest, responses };
}
