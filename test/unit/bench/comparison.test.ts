import { expect, test } from '@jest/globals';
import { exitCodeOf } from '../../../scripts/bench/exit-code.js';
import type { RoundFigures, Subject } from '../../../scripts/bench/figures/measure-round.js';
import { noiseBefore, noiseBetween } from '../../../scripts/bench/figures/noise.js';
import { median } from '../../../scripts/bench/figures/numbers.js';
import { resultOf, type OperationResult } from '../../../scripts/bench/operations/run-operation.js';
import { roundOf } from '../../support/bench/round.js';

const subjectOf = (name: string): Subject => ({
  name,
  server: { name, urls: [], pids: [] },
  connections: 1,
  exchange: { request: () => Buffer.alloc(0), accepts: () => true },
  idlePerSecond: 0,
  warmUpRounds: 1,
});
const [floor, service] = [subjectOf('floor'), subjectOf('service')];
const operation = {
  name: 'me',
  subjects: [floor, service],
  floor: 'floor',
  comparisons: [['service', 'floor']],
  leavesWork: false,
  length: 1,
} as const;
const warmUp = roundOf({ perSecond: 1 });

function judge(
  ofFloor: readonly Partial<RoundFigures>[],
  ofService: readonly Partial<RoundFigures>[],
  allowNoise = false,
): OperationResult {
  const rounds = new Map([
    [floor, [warmUp, ...ofFloor.map(roundOf)]],
    [service, [warmUp, ...ofService.map(roundOf)]],
  ]);
  return resultOf(operation, rounds, allowNoise);
}

test('a ratio is the median of the ratios of each round, with the lowest and the highest', () => {
  const { comparisons } = judge(
    [{ perSecond: 1000 }, { perSecond: 900 }, { perSecond: 1100 }],
    [{ perSecond: 500 }, { perSecond: 900 }, { perSecond: 275 }],
  );
  expect(comparisons[0]?.throughput).toEqual({ median: 0.5, lowest: 0.25, highest: 1 });
});

test.each([
  [[], Number.NaN],
  [[3], 3],
  [[1.2, 0.8], 1],
  [[3, 1, 2], 2],
  [[4, 1, 3, 2], 2.5],
])('the median of %j is %d', (values, expected) => {
  expect(median(values)).toBe(expected);
});

test('the processor time with PostgreSQL is that of both together', () => {
  const { comparisons } = judge([{ cpuMs: 0.2, postgresCpuMs: null }], [{ cpuMs: 0.3, postgresCpuMs: 0.1 }]);
  expect(comparisons[0]?.cpu?.median).toBe(1.5);
  expect(comparisons[0]?.cpuWithPostgres?.median).toBe(2);
});

test('a figure that the system does not report has no ratio', () => {
  const { comparisons, subjects } = judge([{ cpuMs: null }], [{ cpuMs: null }]);
  expect(comparisons[0]?.cpu).toBeNull();
  expect(subjects[1]?.cpuMs).toBeNull();
});

test('figures are medians of the rounds without the warm-up, and failures are counted in all of them', () => {
  const failing = { ...warmUp, failures: 2, firstFailure: '500 first' };
  const rounds = [failing, ...[700, 100, 800].map((perSecond) => roundOf({ perSecond, failures: 1 }))];
  const { subjects } = resultOf(
    { ...operation, subjects: [service], floor: 'service', comparisons: [] },
    new Map([[service, rounds]]),
    false,
  );
  expect(subjects[0]).toMatchObject({ perSecond: 700, failures: 5, firstFailure: '500 first' });
});

test.each([
  ['other programs', { foreignShare: 0.06 }, 'other programs used 6 % of the processors'],
  ['the hypervisor', { stolenShare: 0.03 }, 'the hypervisor took 3 % of the processors'],
])('processor time that %s took is noise', (_who, figures, reason) => {
  const { noise, comparisons } = judge([figures], [figures]);
  expect(noise).toEqual([expect.stringContaining(reason)]);
  expect(comparisons).toEqual([]);
});

test('one disturbed round among quiet ones is noise', () => {
  expect(judge([{ foreignShare: 0.5 }, {}, {}], [{}, {}, {}]).noise).toHaveLength(1);
});

test('a floor that does not keep its speed is noise', () => {
  const { noise, comparisons } = judge([{ perSecond: 1000 }, { perSecond: 2000 }], [{}, {}]);
  expect(noise).toEqual([expect.stringContaining('the rounds of "floor" differ by')]);
  expect(comparisons).toEqual([]);
});

test('a service whose rounds differ is not noise', () => {
  expect(judge([{}, {}], [{ perSecond: 1000 }, { perSecond: 2000 }]).noise).toEqual([]);
});

test('ratios are shown in spite of noise if it is allowed', () => {
  const { noise, comparisons } = judge([{ foreignShare: 0.5 }], [{}], true);
  expect(noise).toHaveLength(1);
  expect(comparisons).toHaveLength(1);
});

test('a busy machine before the run is noise, and an unknown one is not', () => {
  expect(noiseBefore(0.2)).toEqual([
    expect.stringContaining('other programs used 20 % of the processors before the run'),
  ]);
  expect(noiseBefore(0.02)).toEqual([]);
  expect(noiseBefore(null)).toEqual([]);
});

test('the same floor at another speed later in the run is noise', () => {
  expect(noiseBetween('floor', [1000, 500])).toEqual([expect.stringContaining('went from 1000 to 500')]);
  expect(noiseBetween('floor', [1000, 1010])).toEqual([]);
  expect(noiseBetween('floor', [1000])).toEqual([]);
});

const quiet = { noise: [], operations: [{ noise: [], subjects: [{ failures: 0 }] }] };
test.each([
  [0, 'a clean run', quiet, false],
  [2, 'noise in an operation', { ...quiet, operations: [{ noise: ['busy'], subjects: [] }] }, false],
  [2, 'noise during the run', { ...quiet, noise: ['busy'] }, false],
  [0, 'noise that is allowed', { ...quiet, noise: ['busy'] }, true],
  [1, 'a failed request', { noise: ['busy'], operations: [{ noise: [], subjects: [{ failures: 1 }] }] }, true],
])('the exit code is %i after %s', (code, _what, outcome, allowNoise) => {
  expect(exitCodeOf(outcome, allowNoise)).toBe(code);
});
