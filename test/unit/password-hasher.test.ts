import { expect, test } from '@jest/globals';
import { systemRandom } from '../../src/platform/random.js';
import { TooManyRequestsError } from '../../src/core/errors/errors.js';
import { BcryptHasher, hashesAtATime } from '../../src/core/credentials/password-hasher.js';

/** At cost 4, the limit of the queue is its length. */
const WAITING_PER_HASH = 1000;
const running = hashesAtATime();

test('passwords beyond the limit of the queue are rejected, and accepted again once there is room', async () => {
  const hasher = new BcryptHasher(4, systemRandom);
  const hash = (): Promise<string> => hasher.hash('correct horse battery');
  const accepted = Array.from({ length: running * (1 + WAITING_PER_HASH) }, hash);
  const refusals = await Promise.all([hash(), hash()].map((refused) => refused.catch((error: unknown) => error)));
  for (const refusal of refusals) expect(refusal).toBeInstanceOf(TooManyRequestsError);
  expect(await Promise.all(accepted)).toHaveLength(accepted.length);
  expect(await hasher.verify('correct horse battery', await hash())).toBe(true);
});

test.each([
  [1, 4, 1],
  [2, 4, 2],
  [4, 4, 3],
  [64, 4, 3],
  [16, 17, 16],
  [16, 1, 1],
])('with %d cores and %d threads, %d passwords are hashed at a time', (cores, threads, expected) => {
  expect(hashesAtATime(cores, threads)).toBe(expected);
});
