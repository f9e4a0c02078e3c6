import type { LogLine } from '../workload/service-instance.js';
import type { Tally } from '../workload/tally.js';
import type { Fault } from './faults.js';

export interface Outage {
  readonly victim: string;
  /** Since the start of the run. */
  readonly atSeconds: number;
  /** From the kill until the victim responded again. */
  readonly backAfterSeconds: number;
  /**
   * From the kill until the end of the longest time without a success; for a process, until its first success. Null if it
   * had none before the next fault or the end.
   */
  readonly recoveredAfterSeconds: number | null;
  readonly longestWithoutSuccessSeconds: number;
  readonly logLines: Readonly<Record<string, number>>;
}

/** Describes what clients and operators noticed of each fault, until the next one. */
export function describeOutages(
  faults: readonly Fault[],
  { successes }: Tally,
  logLines: readonly LogLine[],
  start: number,
): Outage[] {
  return faults.map(({ victim, url, at, backAt }, number) => {
    const until = faults[number + 1]?.at ?? Number.POSITIVE_INFINITY;
    const during = successes.filter((success) => success.at >= at && success.at < until);
    const gap = longestGap([at, ...during.map((success) => success.at)]);
    const own = during.find((success) => success.url === url && success.at > backAt);
    const recoveredAt = url === undefined ? gap.end : own?.at;
    return {
      victim,
      atSeconds: seconds(at - start),
      backAfterSeconds: seconds(backAt - at),
      recoveredAfterSeconds: recoveredAt === undefined ? null : seconds(recoveredAt - at),
      longestWithoutSuccessSeconds: seconds(gap.length),
      logLines: countTexts(logLines.filter((line) => line.at >= at && line.at < until)),
    };
  });
}

export function longestGap(times: readonly number[]): { readonly length: number; readonly end: number } {
  let longest = { length: 0, end: times[0] ?? 0 };
  for (const [number, end] of times.entries()) {
    const length = end - (times[number - 1] ?? end);
    if (length > longest.length) longest = { length, end };
  }
  return longest;
}

export function seconds(ms: number): number {
  return Math.round(ms / 10) / 100;
}

function countTexts(lines: readonly LogLine[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { text } of lines) counts[text] = (counts[text] ?? 0) + 1;
  return counts;
}
