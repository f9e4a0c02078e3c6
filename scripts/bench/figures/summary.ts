import type { RoundFigures, Subject } from './measure-round.js';
import { median, round, significant, spreadOf } from './numbers.js';

type Medians = 'perSecond' | 'p50Ms' | 'p99Ms' | 'cpuMs' | 'postgresCpuMs' | 'statements';

/** The medians of a subject's rounds. Null where the system does not report a figure, or where it does not apply. */
export interface SubjectSummary extends Pick<RoundFigures, Medians> {
  readonly name: string;
  readonly connections: number;
  /** The distance between the slowest and the fastest round, relative to the median. */
  readonly spread: number;
  /** All rounds together, including the warm-up. */
  readonly failures: number;
  readonly firstFailure: string | null;
  /** The load generator was busy all the time, so the server may be faster than this. */
  readonly isGeneratorBound: boolean;
  /** The rounds that count, in their order. */
  readonly rounds: readonly RoundFigures[];
}

const GENERATOR_BOUND_SHARE = 0.9;

/** The value in the middle of those that the system reported. */
function medianOf(figures: readonly RoundFigures[], read: (figures: RoundFigures) => number | null): number | null {
  const known = figures.map(read).filter((value) => value !== null);
  return known.length === 0 ? null : median(known);
}

/** @param figures the warm-up, and then the rounds that count */
export function summarize(subject: Subject, [warmUp, ...rounds]: readonly RoundFigures[]): SubjectSummary {
  const all = warmUp ? [warmUp, ...rounds] : rounds;
  const figure = (read: (figures: RoundFigures) => number | null): number | null => {
    const value = medianOf(rounds, read);
    return value === null ? null : significant(value);
  };
  return {
    name: subject.name,
    connections: subject.connections,
    perSecond: figure(({ perSecond }) => perSecond) ?? 0,
    spread: round(spreadOf(rounds.map(({ perSecond }) => perSecond)), 2),
    p50Ms: figure(({ p50Ms }) => p50Ms) ?? 0,
    p99Ms: figure(({ p99Ms }) => p99Ms) ?? 0,
    cpuMs: figure(({ cpuMs }) => cpuMs),
    postgresCpuMs: figure(({ postgresCpuMs }) => postgresCpuMs),
    statements: figure(({ statements }) => statements),
    failures: all.reduce((sum, { failures }) => sum + failures, 0),
    firstFailure: all.find(({ failures }) => failures > 0)?.firstFailure ?? null,
    isGeneratorBound: (medianOf(rounds, ({ generatorShare }) => generatorShare) ?? 0) > GENERATOR_BOUND_SHARE,
    rounds,
  };
}
