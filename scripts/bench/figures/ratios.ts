import type { RoundFigures } from './measure-round.js';
import { median, round } from './numbers.js';

/** The median over the rounds of one figure relative to another, with the lowest and the highest. */
export interface Ratio {
  readonly median: number;
  readonly lowest: number;
  readonly highest: number;
}

/** One subject relative to another. Null where a figure is missing. */
export interface Comparison {
  readonly subject: string;
  readonly base: string;
  readonly throughput: Ratio | null;
  readonly p50: Ratio | null;
  readonly p99: Ratio | null;
  /** The processor time of the server's processes per request. */
  readonly cpu: Ratio | null;
  /** The same with that of PostgreSQL. */
  readonly cpuWithPostgres: Ratio | null;
}

interface NamedRounds {
  readonly name: string;
  /** The rounds that count. */
  readonly rounds: readonly RoundFigures[];
}

/** Compares two subjects round by round, so that a slower minute of the machine slows both down. */
export function compare(subject: NamedRounds, base: NamedRounds): Comparison {
  const ratio = (read: (figures: RoundFigures) => number | null): Ratio | null =>
    ratioOf(subject.rounds.map(read), base.rounds.map(read));
  return {
    subject: subject.name,
    base: base.name,
    throughput: ratio(({ perSecond }) => perSecond),
    p50: ratio(({ p50Ms }) => p50Ms),
    p99: ratio(({ p99Ms }) => p99Ms),
    cpu: ratio(({ cpuMs }) => cpuMs),
    cpuWithPostgres: ratio(({ cpuMs, postgresCpuMs }) => (cpuMs === null ? null : cpuMs + (postgresCpuMs ?? 0))),
  };
}

/** Pairs the values of the same rounds. */
function ratioOf(above: readonly (number | null)[], below: readonly (number | null)[]): Ratio | null {
  const ratios = above.map((value, n) => {
    const divisor = below[n] ?? null;
    return value === null || divisor === null || divisor === 0 ? null : value / divisor;
  });
  const known = ratios.filter((value) => value !== null);
  if (known.length === 0 || known.length < ratios.length) return null;
  const [lowest, highest] = [Math.min(...known), Math.max(...known)];
  return { median: round(median(known), 3), lowest: round(lowest, 3), highest: round(highest, 3) };
}
