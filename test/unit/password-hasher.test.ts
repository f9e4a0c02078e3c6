import { availableParallelism } from 'node:os';
import { expect, test } from '@jest/globals';
import { systemRandom } from '../../src/platform/random.js';
import { TooManyRequestsError } from '../../src/core/errors/errors.js';
import { BcryptHasher } from '../../src/core/credentials/password-hasher.js';

/** At cost 4, the limit of the queue is its length. */
const WAITING_PER_CORE = 1000;
const cores = availableParallelism();

test('passwords beyond the limit of the queue are rejected, and accepted again once there is room', async () => {
  const hasher = new BcryptHasher(4, systemRandom);
  const hash = (): Promise<string> => hasher.hash('correct horse battery');
  const accepted = Array.from({ length: cores * (1 + WAITING_PER_CORE) }, hash);
  const refusals = await Promise.all([hash(), hash()].map((refused) => refused.catch((error: unknown) => error)));
  for (const refusal of refusals) expect(refusal).toBeInstanceOf(TooManyRequestsError);
  expect(await Promise.all(accepted)).toHaveLength(accepted.length);
  expect(await hasher.verify('correct horse battery', await hash())).toBe(true);
});
