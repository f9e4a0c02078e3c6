import { beforeAll, describe, expect, test } from '@jest/globals';
import { DEFAULT_PASSWORD, newEmail, type SignedIn } from '../support/graphql-client.js';
import { createTestApp, type TestApp } from '../support/test-app.js';

const COUNT = 12;
const REFUSED = 'Refused';

/** With a claims hook sign-ins run in a transaction, and one that throws rolls it back. */
let app: TestApp;
let accepted: SignedIn[];
let refused: { email: string; userId: string }[];
let leaving: SignedIn[];
let refuse = false;

beforeAll(async () => {
  app = await createTestApp({
    database: { poolSize: 6 },
    claims: (user) => {
      if (refuse && user.firstName === REFUSED) throw new Error('no claims for this user');
      return { tenant: user.id };
    },
  });
  const people = async (firstName: string): Promise<SignedIn[]> =>
    Promise.all(Array.from({ length: COUNT }, async () => app.register({ firstName })));
  [accepted, refused, leaving] = [await people('Accepted'), await people(REFUSED), await people('Leaving')];
  refuse = true;
});

async function sessionsOf(userId: string): Promise<number> {
  const [row] = await app.database.sql<{ count: number }>(
    `select count(*)::int as count from auth_session where user_id = '${userId}'`,
  );
  return row?.count ?? 0;
}

describe('services shared by concurrent requests', () => {
  test('a rollback undoes all statements of its transaction, and none of another request', async () => {
    const asked = Array.from({ length: COUNT }, () => newEmail());
    const [signedIn, failed, left, requested, seen] = await Promise.all([
      Promise.all(accepted.map(async (user) => app.login(user))),
      Promise.all(refused.map(async ({ email }) => app.mutation('login', { email, password: DEFAULT_PASSWORD }))),
      // These run without their own transaction.
      Promise.all(leaving.map(async ({ accessToken }) => app.mutate('logout', undefined, { token: accessToken }))),
      Promise.all(asked.map(async (email) => app.mutate('forgotPassword', { email }))),
      Promise.all(accepted.map(async ({ accessToken }) => app.me(accessToken))),
    ]);

    expect(failed.map(({ errors }) => errors[0]?.extensions.code)).toEqual(
      Array<string>(COUNT).fill('INTERNAL_SERVER_ERROR'),
    );
    expect(await Promise.all(refused.map(async ({ userId }) => sessionsOf(userId)))).toEqual(
      Array<number>(COUNT).fill(1),
    );
    expect(await Promise.all(accepted.map(async ({ userId }) => sessionsOf(userId)))).toEqual(
      Array<number>(COUNT).fill(2),
    );
    for (const { accessToken } of signedIn) expect((await app.me(accessToken)).data).toMatchObject({ me: {} });
    for (const [index, answer] of seen.entries())
      expect(answer.data).toMatchObject({ me: { email: accepted[index]!.email } });

    expect(left.map(({ __typename }) => __typename)).toEqual(Array<string>(COUNT).fill('SessionRevoked'));
    for (const { accessToken } of leaving)
      expect((await app.me(accessToken)).errors[0]?.extensions.reason).toBe('SESSION_ENDED');

    expect(requested.map(({ __typename }) => __typename)).toEqual(Array<string>(COUNT).fill('MailRequested'));
    const events = await app.database.sql<{ email: string }>(
      `select payload ->> 'email' as email from auth_outbox where name = 'PasswordResetLinkRequested'`,
    );
    expect(events.map(({ email }) => email).sort()).toEqual(asked.sort());
  });
});
