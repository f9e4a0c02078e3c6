import type { RoundFigures } from '../../../scripts/bench/figures/measure-round.js';

/** A round without failures on a machine that does nothing else. */
export function roundOf(figures: Partial<RoundFigures> = {}): RoundFigures {
  return {
    perSecond: 1000,
    p50Ms: 1,
    p99Ms: 2,
    cpuMs: 0.5,
    postgresCpuMs: 0.1,
    statements: 1,
    failures: 0,
    firstFailure: undefined,
    generatorShare: 0.1,
    foreignShare: 0,
    stolenShare: 0,
    ...figures,
  };
}
