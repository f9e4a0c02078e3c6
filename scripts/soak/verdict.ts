import type { Sample } from './sample.js';

export interface Verdict {
  /** The mean heap of the last third in relation to that of the middle third. */
  readonly heapRatio: number;
  readonly heapIsFlat: boolean;
  readonly handlesAreFlat: boolean;
}

/** Noise of garbage collection and of idle connections, which are closed one by one. */
const [HEAP_TOLERANCE, HANDLE_TOLERANCE] = [1.05, 5];

/** Compares the last third of a run with the middle one; the first one fills the caches. */
export function judge(samples: readonly Sample[]): Verdict {
  const third = Math.floor(samples.length / 3);
  const middle = samples.slice(-2 * third, -third);
  const last = samples.slice(-third);
  const heapRatio = mean(last.map(({ heapMb }) => heapMb)) / mean(middle.map(({ heapMb }) => heapMb));
  const handles = ({ files, resources }: Sample): number => (files ?? 0) + resources;
  const growth = mean(last.map(handles)) - mean(middle.map(handles));
  return {
    heapRatio: Math.round(heapRatio * 1000) / 1000,
    heapIsFlat: heapRatio <= HEAP_TOLERANCE,
    handlesAreFlat: growth <= HANDLE_TOLERANCE,
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
