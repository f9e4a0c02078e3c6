import { machineTimes } from './process-times.js';
import { setTimeout as wait } from 'node:timers/promises';
import type { RoundFigures } from './measure-round.js';
import { median, spreadOf } from './numbers.js';

/** What other programs, and other machines on the same hardware, may take without drowning a difference. */
const FOREIGN_SHARE = 0.05;
const STOLEN_SHARE = 0.02;
/** The floor does the same work in every round. If it varies by more than this, so does the machine. */
const FLOOR_SPREAD = 0.3;
/** The same floor in two operations of a run. */
const FLOOR_DRIFT = 0.25;
/** Before the run: an idle machine is below this. */
const BUSY_SHARE = 0.1;
const SAMPLE_MS = 2000;

const percent = (share: number): string => `${String(Math.round(share * 100))} %`;

/** How busy other programs keep the machine while the run waits; null if the system does not report it. */
export async function sampleBusyShare(): Promise<number | null> {
  const before = await machineTimes();
  await wait(SAMPLE_MS);
  const after = await machineTimes();
  return before && after ? (after.programsMs - before.programsMs) / (after.totalMs - before.totalMs) : null;
}

export function noiseBefore(busyShare: number | null): string[] {
  if (busyShare === null || busyShare <= BUSY_SHARE) return [];
  return [`other programs used ${percent(busyShare)} of the processors before the run (limit ${percent(BUSY_SHARE)})`];
}

/**
 * Says why the rounds of an operation cannot be trusted; empty if they can.
 * @param all the rounds of all subjects
 * @param floor the rounds of the subject that does the same work in every run
 */
export function noiseIn(all: readonly RoundFigures[], floor: readonly RoundFigures[], floorName: string): string[] {
  const reasons: string[] = [];
  const foreign = meanOf(all, ({ foreignShare }) => foreignShare);
  const stolen = meanOf(all, ({ stolenShare }) => stolenShare);
  const spread = spreadOf(floor.map(({ perSecond }) => perSecond));
  if (foreign > FOREIGN_SHARE)
    reasons.push(`other programs used ${percent(foreign)} of the processors (limit ${percent(FOREIGN_SHARE)})`);
  if (stolen > STOLEN_SHARE)
    reasons.push(`the hypervisor took ${percent(stolen)} of the processors (limit ${percent(STOLEN_SHARE)})`);
  if (spread > FLOOR_SPREAD)
    reasons.push(`the rounds of "${floorName}" differ by ${percent(spread)} (limit ${percent(FLOOR_SPREAD)})`);
  return reasons;
}

/** The mean, because a few disturbed rounds must not hide behind many quiet ones. */
function meanOf(figures: readonly RoundFigures[], read: (figures: RoundFigures) => number | null): number {
  return figures.reduce((sum, one) => sum + (read(one) ?? 0), 0) / figures.length;
}

/** Compares the medians of the same floor in several operations of a run. */
export function noiseBetween(floorName: string, mediansPerSecond: readonly number[]): string[] {
  const spread = mediansPerSecond.length < 2 ? 0 : spreadOf(mediansPerSecond);
  if (spread <= FLOOR_DRIFT) return [];
  const [first, last] = [mediansPerSecond[0], mediansPerSecond.at(-1)].map((value) => Math.round(value ?? 0));
  return [
    `"${floorName}" went from ${String(first)} to ${String(last)} requests per second during the run, median ` +
      `${String(Math.round(median(mediansPerSecond)))} (limit ${percent(FLOOR_DRIFT)})`,
  ];
}
