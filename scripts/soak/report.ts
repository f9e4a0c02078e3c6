import { table } from '../bench/report/table.js';
import type { SoakOutcome } from './run.js';

/** Formats the outcome as text. */
export function report(outcome: SoakOutcome): string {
  const { handlesAreFlat, heapIsFlat, heapRatio, loadBefore, operations, samples, violations } = outcome;
  const rows = samples.map(({ operations: count, residentMb, heapMb, externalMb, files, resources }) =>
    [count, residentMb, heapMb, externalMb, files, resources].map((value) => (value === null ? '–' : String(value))),
  );
  return [
    table(['operations', 'resident MB', 'heap MB', 'external MB', 'files', 'active resources'], rows),
    '',
    Object.entries(operations)
      .map(([name, count]) => `${name} ${String(count)}`)
      .join(', '),
    `heap of the last third / the middle third: ${String(heapRatio)}, ${heapIsFlat ? 'flat' : 'GROWING'}`,
    `handles: ${handlesAreFlat ? 'flat' : 'GROWING'}`,
    `load ${String(loadBefore)} before`,
    ...violations,
  ].join('\n');
}
