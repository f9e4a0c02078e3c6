import { beforeAll, describe, expect, test } from '@jest/globals';
import { TooManyRequestsError } from '../../src/core/errors/errors.js';
import { EVENT_CLASSES } from '../../src/features.js';
import { SignInFailed } from '../../src/core/attempts/attempt.events.js';
import type { EventClass } from '../../src/core/events/domain-event.js';
import { newEmail } from '../support/graphql-client.js';
import { recordingLogger } from '../support/recording-logger.js';
import { createTestApp, TEST_SECRET, type TestApp } from '../support/test-app.js';
import { until } from '../support/until.js';

const { logger, lines, text } = recordingLogger();

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp({ logger, lockout: { maxAttempts: 3 } });
});

/** What a piece of work logged of sign-ins that failed. */
async function failuresOf(work: () => Promise<unknown>): Promise<Record<string, unknown>[]> {
  const before = lines().length;
  await work();
  return lines()
    .slice(before)
    .filter(({ msg }) => msg === 'a sign-in failed');
}

describe('the log', () => {
  test('reports each rejected password: whose, why, and from where', async () => {
    const { email, userId } = await app.register();
    const failures = await failuresOf(async () => {
      for (let time = 0; time < 4; time += 1) await app.mutate('login', { email, password: 'wrong' });
    });
    const line = { level: 30, userId, sessionId: null, ipAddress: '127.0.0.1', userAgent: 'lightMyRequest' };
    expect(failures).toMatchObject([
      ...Array.from({ length: 3 }, () => ({ ...line, reason: 'INVALID_CREDENTIALS' })),
      { ...line, reason: 'ACCOUNT_LOCKED' },
    ]);
  });

  test('distinguishes addresses without naming them', async () => {
    const emails = [newEmail(), newEmail()];
    const failures = await failuresOf(async () => {
      for (const email of [...emails, ...emails]) await app.mutate('login', { email, password: 'my wrong password' });
    });
    const [first, second, ...again] = failures.map(({ address }) => address);
    expect(again).toEqual([first, second]);
    expect(first).toMatch(/^[\w-]{16}$/);
    expect(first).not.toBe(second);
    for (const secret of [...emails, 'my wrong password', TEST_SECRET]) expect(text()).not.toContain(secret);
  });

  test('does not mention a correct password', async () => {
    const ada = await app.register();
    expect(await failuresOf(() => app.login(ada))).toEqual([]);
  });
});

test('a correct password for an address that must be verified first is a failed login', async () => {
  const strict = await createTestApp({ logger, registration: { requireEmailVerification: true } });
  const heard: SignInFailed[] = [];
  strict.auth.events.on(SignInFailed, (event) => void heard.push(event));
  await strict.auth.start();
  const input = { email: newEmail(), password: 'correct horse battery staple' };
  await strict.mutate('register', input);
  const [line] = await failuresOf(() => strict.mutate('login', input));
  expect(line).toMatchObject({ reason: 'EMAIL_NOT_VERIFIED', userId: expect.any(String) as unknown });
  expect((await until(() => heard[0], 'the event')).reason).toBe('EMAIL_NOT_VERIFIED');
});

test('a service that is too busy to compare passwords does not report each sign-in', async () => {
  const busy = await createTestApp({
    logger,
    hasher: {
      hash: async (password) => password,
      verify: () => {
        throw new TooManyRequestsError(2);
      },
      needsRehash: () => false,
    },
  });
  const input = { email: newEmail(), password: 'any' };
  const lines = await failuresOf(async () => {
    expect((await busy.mutate('login', input)).__typename).toBe('TooManyRequestsError');
  });
  expect(lines).toEqual([]);
});

test('no event of a failed login contains the address', async () => {
  const loud = await createTestApp();
  const heard: object[] = [];
  for (const type of Object.values<EventClass>(EVENT_CLASSES))
    if (type.name === 'SignInFailed') loud.auth.events.on(type, (event) => void heard.push(event));
  await loud.auth.start();
  const email = newEmail();
  await loud.mutate('login', { email, password: 'wrong' });
  expect(JSON.stringify(await until(() => heard[0], 'the event'))).not.toContain(email);
});
