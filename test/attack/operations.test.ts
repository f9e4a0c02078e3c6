import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { createAttackedApp, type AttackedApp } from '../support/attacked-app.js';
import { ALIASED_LOGINS, LARGE_BODIES, LARGE_OPERATIONS, LARGE_VALUES, type Attack } from '../support/attacks.js';

/** Far more than the garbage of one round, and far less than what a leak of every request would keep. */
const MAX_GROWTH_BYTES = 20 * 1024 * 1024;
const ROUNDS = 4;

let attacked: AttackedApp;
beforeAll(async () => {
  attacked = await createAttackedApp();
});

const payloadOf = ({ body }: Attack): string => (typeof body === 'string' ? body : JSON.stringify(body));

describe.each([
  ['guesses in one request', ALIASED_LOGINS],
  ['a large document', LARGE_OPERATIONS],
  ['a large or strange body', LARGE_BODIES],
])('%s', (_kind, attacks) => {
  test.each(attacks)('is rejected before anything runs: $name', async (attack) => {
    await attacked.expectRefused({ payload: payloadOf(attack) });
  });
});

test.each(LARGE_VALUES)(
  'a value that no form allows is rejected as data, without a comparison: $name',
  async (attack) => {
    const { text } = await attacked.send({ payload: payloadOf(attack) });
    expect(JSON.parse(text)).toEqual({ data: { login: { __typename: 'InvalidInputError' } } });
    expect(attacked.hasher.comparisons).toBe(0);
  },
);

test('none of them sends a statement, and the memory stays flat', async () => {
  const attacks = [...ALIASED_LOGINS, ...LARGE_OPERATIONS, ...LARGE_BODIES, ...LARGE_VALUES];
  const round = async (): Promise<void> => {
    for (const attack of attacks) await attacked.send({ payload: payloadOf(attack) });
  };
  expect(await attacked.app.database.countStatements(round)).toBe(0);
  const before = liveBytes();
  for (let n = 0; n < ROUNDS; n += 1) await round();
  expect(liveBytes() - before).toBeLessThan(MAX_GROWTH_BYTES);
});

function liveBytes(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}
