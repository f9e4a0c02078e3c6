import { afterEach, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { dumpRows } from '../support/database-dump.js';
import type { SignedIn } from '../support/graphql-client.js';
import { expectSound } from '../support/properties/expect-sound.js';
import { OperationWriter } from '../support/properties/random-operation.js';
import { randomInput, SECRET_MARK } from '../support/properties/random-input.js';
import { numRuns } from '../support/properties/runs.js';
import { recordingLogger } from '../support/recording-logger.js';
import { createTestApp, type TestApp } from '../support/test-app.js';

const RUNS = 300;
/** Operations end sessions and change passwords, so that users wear out. */
const OPERATIONS_PER_USER = 10;

const { logger, lines, text } = recordingLogger();
let app: TestApp;
beforeAll(async () => {
  app = await createTestApp({
    logger,
    sendsAnything: true,
    emailLimit: { intervalSeconds: 0, maxPerHour: 0, maxPerOriginPerHour: 0 },
  });
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
    const { statusCode, body } = await app.server.inject({
      method: 'POST',
      url: '/graphql',
      headers: signedIn ? { authorization: `Bearer ${user.accessToken}` } : {},
      payload: { query, variables },
    });
    const { data } = expectSound({ status: statusCode, text: body });
    outcomes[data === undefined ? 'refused' : 'executed'] += 1;
  });
  await fc.assert(property, numRuns(RUNS));
  expect(text()).not.toContain(SECRET_MARK);
  expect((await dumpRows(app.database.url)).filter((row) => row.text.includes(SECRET_MARK))).toEqual([]);
  // Otherwise the operations would say little about the service.
  expect(outcomes.executed).toBeGreaterThan(outcomes.refused / 2);
}, 600_000);
