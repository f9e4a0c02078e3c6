import { beforeEach, expect, test } from '@jest/globals';
import { OutageLog } from '../../src/platform/database/outage-log.js';
import { DatabaseUnavailableError, type UnavailabilityReason } from '../../src/platform/database/unavailable-error.js';
import { recordingLogger } from '../support/recording-logger.js';

let seconds = 0;
let log: OutageLog;
let lines: () => Record<string, unknown>[];
beforeEach(() => {
  seconds = 0;
  const recording = recordingLogger();
  lines = recording.lines;
  log = new OutageLog({ now: () => new Date(seconds * 1000) }, recording.logger);
});

const fail = (reason: UnavailabilityReason, code: string): void =>
  log.failed(new DatabaseUnavailableError(reason, Object.assign(new Error(`says ${code}`), { code })));
const succeed = (): void => log.succeeded(log.mark);

test('each cause of an outage is logged once', () => {
  for (let turn = 0; turn < 3; turn += 1) {
    fail('overloaded', '53300');
    fail('overloaded', '55P03');
    fail('unreachable', '28P01');
  }
  const another = 'the database is still unavailable, for another reason';
  expect(lines()).toEqual([
    expect.objectContaining({ msg: 'the database is unavailable', reason: 'overloaded', code: '53300' }),
    expect.objectContaining({ msg: another, reason: 'overloaded', code: '55P03' }),
    expect.objectContaining({ msg: another, reason: 'unreachable', code: '28P01', problem: 'says 28P01' }),
  ]);
});

test('a cause is logged again in the next outage', () => {
  for (let outage = 0; outage < 2; outage += 1) {
    fail('unreachable', 'ECONNREFUSED');
    succeed();
  }
  expect(lines().map(({ msg }) => msg)).toEqual([
    ...['the database is unavailable', 'the database is available again'],
    ...['the database is unavailable', 'the database is available again'],
  ]);
});

test.each([
  ['overloaded', '53300', 20],
  ['unreachable', '25006', 20],
  ['unreachable', 'ECONNREFUSED', 60],
] as const)(
  'an outage that is %s with %s lasted %i seconds if it failed for 20 and not in 40 more',
  (reason, code, lasted) => {
    fail(reason, code);
    seconds = 20;
    fail(reason, code);
    seconds = 60;
    succeed();
    expect(lines().at(-1)).toMatchObject({ msg: 'the database is available again', seconds: lasted });
  },
);
