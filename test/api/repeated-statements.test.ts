import { beforeAll, expect, test } from '@jest/globals';
import { CountingHasher } from '../support/counting-hasher.js';
import { allDelivered } from '../support/deliveries.js';
import { newEmail } from '../support/graphql-client.js';
import { createTestApp, type TestApp } from '../support/test-app.js';

/** How often the writes of an operation fail before they succeed: a repetition can fail too. */
const FAILURES = 2;
const NEW_PASSWORD = 'another horse battery staple';
const ANY_WRITE = 'insert or update or delete';
/** The writes of requests. Deliveries take events from the outbox. */
const TABLES = {
  ...{ auth_user: ANY_WRITE, auth_session: ANY_WRITE, auth_login_attempt: ANY_WRITE, auth_device: ANY_WRITE },
  ...{ auth_one_time_token: ANY_WRITE, auth_outbox: 'insert' },
};

interface Run {
  readonly outcomes: readonly string[];
  readonly hashes: number;
  readonly comparisons: number;
  /** The kinds of the emails, sorted. */
  readonly emails: readonly string[];
}

type Failing = TestApp & { failNext(): Promise<void>; failures(): Promise<number> };

/** A service whose writes fail with this code when told to. A sequence counts them, because it is not rolled back. */
async function failingApp(code: string): Promise<{ app: Failing; hasher: CountingHasher }> {
  const hasher = new CountingHasher();
  const app = await createTestApp({
    hasher,
    background: true,
    emailLimit: { intervalSeconds: 0, maxPerHour: 0, maxPerOriginPerHour: 0 },
  });
  const { database } = app;
  await database.sql('create sequence attempts');
  const restart = (at: number): Promise<unknown> => database.sql(`select setval('attempts', ${at}, false)`);
  await restart(FAILURES + 1);
  await database.sql(`create function fail() returns trigger language plpgsql as $$ begin
    if nextval('attempts') <= ${FAILURES} then raise exception 'again' using errcode = '${code}'; end if;
    return null; end $$`);
  for (const [table, writes] of Object.entries(TABLES))
    await database.sql(`create trigger fail before ${writes} on ${table} for each statement execute function fail()`);
  const attempts = async (): Promise<number> => {
    const [row] = await database.sql<{ count: number }>('select last_value::int as count from attempts');
    return row?.count ?? 0;
  };
  return {
    app: Object.assign(app, {
      failNext: async () => {
        await restart(1);
      },
      failures: async () => Math.min(FAILURES, await attempts()),
    }),
    hasher,
  };
}

/** Does everything that writes, once; `before` and `after` surround each operation. */
async function useEverything(
  { app, hasher }: { app: TestApp; hasher: CountingHasher },
  before: () => Promise<void>,
  after: (operation: string) => Promise<void>,
): Promise<Run> {
  const outcomes: string[] = [];
  const mutate = async (field: string, input?: object, token?: string) => {
    await before();
    const outcome = await app.mutate(field, input, { token });
    outcomes.push(`${field}: ${outcome.__typename}`);
    await after(field);
    return outcome;
  };
  const [email, password, next] = [newEmail(), 'correct horse battery staple', newEmail()];
  const ada = (await mutate('register', { email, password })).tokens;
  await mutate('login', { email, password: 'wrong' });
  const { session } = await mutate('login', { email, password });
  const token = (await mutate('refresh', { refreshToken: ada?.refreshToken })).tokens?.accessToken;
  await mutate('revokeSession', { sessionId: session?.id }, token);
  // A link is not sent if a later one has replaced it.
  await app.mailer.token(email, 'verify-email');
  await mutate('resendVerification', { email });
  await mutate('verifyEmail', { token: await app.mailer.token(email, 'verify-email', 2) });
  await mutate('changePassword', { currentPassword: password, newPassword: NEW_PASSWORD }, token);
  await mutate('changeEmail', { newEmail: next, currentPassword: NEW_PASSWORD }, token);
  await mutate('confirmEmailChange', { token: await app.mailer.token(next, 'change-email-confirm') }, token);
  await mutate('revokeOtherSessions', undefined, token);
  await mutate('logout', undefined, token);
  await mutate('forgotPassword', { email: next });
  await mutate('resetPassword', { token: await app.mailer.token(next, 'reset-password'), newPassword: password });
  const last = (await mutate('login', { email: next, password })).tokens;
  await mutate('revokeAllSessions', undefined, last?.accessToken);
  await allDelivered(app);
  const emails = app.mailer.mails.map(({ id }) => id.split('.')[0] ?? '').sort();
  return { outcomes, hashes: hasher.hashes, comparisons: hasher.comparisons, emails };
}

let undisturbed: Run;
beforeAll(async () => {
  const nothing = (): Promise<void> => Promise.resolve();
  undisturbed = await useEverything(await failingApp('40001'), nothing, nothing);
});

test.each([
  { name: 'serialization failures', code: '40001' },
  { name: 'deadlocks', code: '40P01' },
])('$name are repeated: every operation succeeds once, with one hash and one email', async ({ code }) => {
  const failing = await failingApp(code);
  const notReached: string[] = [];
  const disturbed = await useEverything(
    failing,
    () => failing.app.failNext(),
    async (operation) => {
      if ((await failing.app.failures()) < FAILURES) notReached.push(operation);
    },
  );
  expect(notReached).toEqual([]);
  expect(disturbed).toEqual(undisturbed);
});
