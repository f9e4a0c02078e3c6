import { afterEach, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { SignedIn } from '../support/graphql-client.js';
import { expectSound } from '../support/properties/expect-sound.js';
import { OperationWriter } from '../support/properties/random-operation.js';
import { randomInput } from '../support/properties/random-input.js';
import { numRuns } from '../support/properties/runs.js';
import { recordingLogger } from '../support/recording-logger.js';
import { createTestApp, type TestApp } from '../support/test-app.js';

const RUNS = 300;
/** Operations end sessions and change passwords, so that users wear out. */
const OPERATIONS_PER_USER = 10;

const { logger, lines } = recordingLogger();
let app: TestApp;
beforeAll(async () => {
  app = await createTestApp({ logger });
});

// Nothing that a client sends is an error of the service.
afterEach(() => {
  expect(lines().filter(({ level }) => Number(level) >= 50)).toEqual([]);
});

test('a random operation with random variables never fails internally, and reveals nothing', async () => {
  const outcomes = { executed: 0, refused: 0 };
  let user: SignedIn | undefined;
  let turn = 0;
  const property = fc.asyncProperty(fc.gen(), fc.boolean(), async (gen, signedIn) => {
    if (!user || turn++ % OPERATIONS_PER_USER === 0) user = await app.register();
    const writer = new OperationWriter(app.auth.apolloOptions.schema, gen, randomInput(gen, user));
    const { query, variables } = writer.write();
    const answer = await app.request(query, variables, signedIn ? { token: user.accessToken } : {});
    const { data } = expectSound(answer);
    outcomes[data === undefined ? 'refused' : 'executed'] += 1;
  });
  await fc.assert(property, numRuns(RUNS));
  // Otherwise the operations would say little about the service.
  expect(outcomes.executed).toBeGreaterThan(outcomes.refused / 2);
}, 600_000);
