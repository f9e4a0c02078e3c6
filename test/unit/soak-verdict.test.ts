import { expect, test } from '@jest/globals';
import type { Sample } from '../../scripts/soak/sample.js';
import { judge } from '../../scripts/soak/verdict.js';

/** Samples of a run: the heap and the number of open files as functions of the turn. */
function samplesOf(heapMb: (turn: number) => number, files: (turn: number) => number): Sample[] {
  return Array.from({ length: 13 }, (_value, turn) => ({
    ...{ operations: turn * 1000, residentMb: 200, externalMb: 5, resources: 20 },
    ...{ heapMb: heapMb(turn), files: files(turn) },
  }));
}

test('a heap that fills caches at first and then stays is flat', () => {
  const samples = samplesOf(
    (turn) => 30 + Math.min(turn, 4) * 5,
    () => 40,
  );
  expect(judge(samples)).toMatchObject({ heapIsFlat: true, handlesAreFlat: true, heapRatio: 1 });
});

test('a heap that grows by two percent from sample to sample is not flat', () => {
  const samples = samplesOf(
    (turn) => 50 * 1.02 ** turn,
    () => 40,
  );
  expect(judge(samples)).toMatchObject({ heapIsFlat: false, handlesAreFlat: true });
});

test('two more open files in every sample are not flat', () => {
  const samples = samplesOf(
    () => 50,
    (turn) => 40 + 2 * turn,
  );
  expect(judge(samples)).toMatchObject({ heapIsFlat: true, handlesAreFlat: false });
});
