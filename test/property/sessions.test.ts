import { beforeAll, test } from '@jest/globals';
import fc from 'fast-check';
import { numRuns } from '../support/properties/runs.js';
import { perform, steps } from '../support/properties/session-commands.js';
import { SessionModel } from '../support/properties/session-model.js';
import { createTestApp, type TestApp } from '../support/test-app.js';

const RUNS = 30;
const PEOPLE = 3;
const LOCKOUT = { maxAttempts: 3, durationSeconds: 900 };

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp({
    background: true,
    lockout: LOCKOUT,
    // The steps wait less than that in all.
    jwt: { accessTokenExpiration: '24h' },
    refreshReuseGraceSeconds: 0,
    emailLimit: { intervalSeconds: 0, maxPerHour: 0, maxPerOriginPerHour: 0 },
  });
});

test('users have exactly the sessions that sign-ins opened and nothing ended, and failures are counted exactly', async () => {
  const property = fc.asyncProperty(steps, async (sequence) => {
    const model = new SessionModel(app, PEOPLE, LOCKOUT);
    for (const step of sequence) await perform(model, step);
    await model.compareTokens();
  });
  await fc.assert(property, numRuns(RUNS));
}, 600_000);
