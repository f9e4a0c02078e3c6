import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { createTokenVerifier } from '../../packages/verifier/src/index.js';
import { UserErased } from '../../src/features/account-closing/account-closing.events.js';
import { UserRegistered } from '../../src/features/registration/registration.events.js';
import { dumpRows } from '../support/database-dump.js';
import { allDelivered } from '../support/deliveries.js';
import { newEmail, type SignedIn } from '../support/graphql-client.js';
import { manage, newOperator, type Managed } from '../support/operators.js';
import { createTestApp, TEST_SECRET, type TestApp } from '../support/test-app.js';
import { claimsOf } from '../support/token-claims.js';
import { until } from '../support/until.js';

const DAY = 24 * 60 * 60;
const WEEK = 7 * DAY;

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp({ background: true });
});

function close(user: SignedIn): ReturnType<TestApp['auth']['services']['accountClosing']['close']> {
  return app.auth.services.accountClosing.close(user.email);
}

async function signIn({ email, password }: SignedIn): Promise<string> {
  return (await app.mutate('login', { email, password })).__typename;
}

async function erase(): Promise<void> {
  app.clock.advance(WEEK);
  await app.auth.services.housekeeping.run();
}

async function isStored({ userId }: SignedIn): Promise<boolean> {
  return (await app.database.sql('select from auth_user where id = $1', [userId])).length > 0;
}

describe('a closed account', () => {
  test('has no session, no token and no link, and cannot sign in', async () => {
    const ada = await app.register();
    const other = await app.login(ada);
    const link = await app.mailer.token(ada.email, 'verify-email');
    expect(await close(ada)).toMatchObject({ userId: ada.userId, changed: true });
    for (const { accessToken, refreshToken } of [ada, other]) {
      expect((await app.me(accessToken)).errors[0]?.extensions.code).toBe('UNAUTHENTICATED');
      expect((await app.refresh(refreshToken)).__typename).toBe('InvalidTokenError');
    }
    expect((await app.mutate('verifyEmail', { token: link })).__typename).toBe('InvalidTokenError');
    expect(await signIn(ada)).toBe('InvalidCredentialsError');
    const ended = await app.database.sql(
      'select distinct revoked_reason as reason from auth_session where user_id = $1',
      [ada.userId],
    );
    expect(ended).toEqual([{ reason: 'ACCOUNT_CLOSED' }]);
  });

  test('is refused by the verifiers of other subgraphs', async () => {
    const ada = await app.register();
    const url = await app.server.listen({ host: '127.0.0.1', port: 0 });
    const revocations = { everySeconds: 0.05, uri: new URL('/revocations', url).href };
    const verifier = createTokenVerifier({ secret: TEST_SECRET, clock: app.clock, revocations });
    const outcome = (): Promise<string> =>
      verifier.verify(ada.accessToken).then(
        () => 'accepted',
        (error: unknown) => (error as { code: string }).code,
      );
    expect(await outcome()).toBe('accepted');
    await close(ada);
    await until(async () => {
      app.clock.advance(0.05);
      return (await outcome()) !== 'accepted';
    }, 'the revocation');
    verifier.close();
    // It was not its age.
    expect(app.clock.now().getTime() / 1000).toBeLessThan(Number(claimsOf(ada.accessToken)['exp']));
  });

  test('gets an email that says until when it can be restored, once', async () => {
    const ada = await app.register();
    const { eraseAfter } = await close(ada);
    expect(eraseAfter.getTime()).toBe(app.clock.now().getTime() + WEEK * 1000);
    const { subject, text } = await app.mailer.next(ada.email, 'account-closed');
    expect(subject).toBe('Account closed: our service');
    expect(text).toContain(`until ${String(eraseAfter.getUTCDate())} `);
    app.clock.advance(DAY);
    expect(await close(ada)).toEqual({ userId: ada.userId, eraseAfter, changed: false });
    await allDelivered(app);
    expect(app.mailer.to(ada.email, 'account-closed')).toHaveLength(1);
  });

  test('may have been deactivated before', async () => {
    const ada = await app.register();
    await app.auth.services.accounts.deactivate(ada.email);
    expect(await close(ada)).toMatchObject({ changed: true });
    expect(await app.auth.services.accounts.find(ada.email)).toMatchObject({ status: 'closed' });
  });

  test('keeps its address until it is erased', async () => {
    const ada = await app.register();
    await close(ada);
    const again = await app.mutate('register', { email: ada.email, password: 'another horse battery' });
    expect(again.__typename).toBe('EmailAlreadyExistsError');
  });

  test('is restored by an operator, but not its sessions', async () => {
    const ada = await app.register();
    await close(ada);
    app.clock.advance(WEEK - 1);
    await app.auth.services.housekeeping.run();
    expect(await app.auth.services.accounts.find(ada.userId)).toMatchObject({
      status: 'closed',
      closedAt: expect.any(Date),
      eraseAfter: expect.any(Date),
    });
    expect(await app.auth.services.accounts.reactivate(ada.email)).toBe(true);
    expect(await app.auth.services.accounts.find(ada.userId)).toMatchObject({
      ...{ status: 'active', closedAt: null, eraseAfter: null },
    });
    expect(await signIn(ada)).toBe('LoginSuccess');
    expect((await app.refresh(ada.refreshToken)).__typename).toBe('InvalidTokenError');
    await erase();
    expect(await isStored(ada)).toBe(true);
  });

  test('cannot be restored once its time is over, even if it has not been erased yet', async () => {
    const ada = await app.register();
    await close(ada);
    app.clock.advance(WEEK);
    await expect(app.auth.services.accounts.reactivate(ada.email)).rejects.toThrow('can no longer be restored');
    await expect(app.auth.services.accountClosing.close(ada.email)).rejects.toThrow('about to be erased');
    await app.auth.services.housekeeping.run();
    expect(await isStored(ada)).toBe(false);
    await expect(app.auth.services.accounts.reactivate(ada.email)).rejects.toThrow('No account has this address');
  });
});

test('an unknown account cannot be closed, nor any where closing is disabled', async () => {
  await expect(app.auth.services.accountClosing.close(newEmail())).rejects.toThrow('No account has this address');
  const without = await createTestApp({ accountClosing: { enabled: false } });
  const { email } = await without.register();
  await expect(without.auth.services.accountClosing.close(email)).rejects.toThrow('ACCOUNT_CLOSING_ENABLED');
  expect(await without.auth.services.accounts.find(email)).toMatchObject({ status: 'active' });
});

describe('adminDeleteUser', () => {
  let managed: TestApp;
  let boss: SignedIn;
  beforeAll(async () => {
    managed = await createTestApp({ admin: { schema: 'included' } });
    boss = await newOperator(managed, ['auth:users:read', 'auth:users:write', 'auth:users:delete']);
  });

  test('closes the account of a user in one transaction, and names the operator', async () => {
    // Opens a connection for transactions.
    await managed.auth.services.accountClosing.close((await managed.register()).email);
    const { email, userId } = await managed.register();
    const statements = await managed.database.countStatements(async () => {
      expect(await manage(managed, 'adminDeleteUser', { userId, email: email.toUpperCase() }, boss)).toEqual({
        ...{ __typename: 'AuthUserClosed', userId },
        erasedAfter: new Date(managed.clock.now().getTime() + WEEK * 1000).toISOString(),
      });
    });
    expect(statements).toBe(4);
    const [event] = await managed.database.sql(
      `select payload->>'email' as email, origin->'actor' as actor from auth_outbox
       where name = 'AccountClosed' and payload->>'userId' = $1`,
      [userId],
    );
    expect(event).toEqual({ email, actor: { kind: 'OPERATOR', id: boss.userId } });
  });

  test('says the same again for an account that is closed, and records no further event', async () => {
    const { email, userId } = await managed.register();
    const first = await manage(managed, 'adminDeleteUser', { userId, email }, boss);
    managed.clock.advance(60);
    expect(await manage(managed, 'adminDeleteUser', { userId, email }, boss)).toEqual(first);
    const events = await managed.database.sql(
      "select from auth_outbox where name = 'AccountClosed' and payload->>'userId' = $1",
      [userId],
    );
    expect(events).toHaveLength(1);
  });

  test('refuses an address that is not the current one, closed or not', async () => {
    const [ada, bob] = [await managed.register(), await managed.register()];
    const ask = (): Promise<object> =>
      manage(managed, 'adminDeleteUser', { userId: ada.userId, email: bob.email }, boss);
    expect(await ask()).toMatchObject({ __typename: 'InvalidInputError', field: 'email' });
    expect((await managed.me(ada.accessToken)).errors).toEqual([]);
    await managed.auth.services.accountClosing.close(ada.email);
    expect(await ask()).toMatchObject({ __typename: 'InvalidInputError', field: 'email' });
  });

  test('is undone by adminReactivateUser until the account is erased', async () => {
    const { email, userId } = await managed.register();
    await manage(managed, 'adminDeleteUser', { userId, email }, boss);
    const reactivate = (tokens: SignedIn): Promise<Managed> =>
      manage(managed, 'adminReactivateUser', { userId }, tokens);
    expect(await reactivate(boss)).toMatchObject({ changed: true, record: { status: 'ACTIVE' } });
    await manage(managed, 'adminDeleteUser', { userId, email }, boss);
    managed.clock.advance(WEEK);
    const later = await managed.login(boss);
    expect(await reactivate(later)).toMatchObject({ code: 'AUTH_ACCOUNT_NOT_FOUND' });
    await managed.auth.services.housekeeping.run();
    expect(await reactivate(later)).toMatchObject({ code: 'AUTH_ACCOUNT_NOT_FOUND' });
  });
});

test.each([
  ['59m', 'must be from 1 hour to 30 days'],
  ['31d', 'must be from 1 hour to 30 days'],
  ['12h', 'is not longer than jwt.accessTokenExpiration'],
])('a grace period of %s is refused', async (grace, problem) => {
  const jwt = { accessTokenExpiration: '12h', refreshTokenExpiration: '7d' };
  await expect(createTestApp({ jwt, accountClosing: { grace } })).rejects.toThrow(`accountClosing.grace ${problem}`);
});

describe('erasure', () => {
  /** What tables hold in place of an address: keys of counters. */
  function hashesOf({ email, userId }: SignedIn): string[] {
    const hash = (text: string): string => createHash('sha256').update(text).digest('hex');
    const kinds = ['verify-email', 'reset-password', 'account-closed', 'account-locked', 'change-email-confirm'];
    return [
      hash(`address:${email}`),
      ...kinds.map((kind) => hash(`email:${kind}:${email}`)),
      hash(`email:change-email:${userId}`),
    ];
  }

  /** The tables with rows that contain one of the texts. */
  async function placesOf(texts: readonly string[], { database }: TestApp): Promise<string[]> {
    const rows = await dumpRows(database.url);
    const found = rows.filter(({ text }) => texts.some((each) => text.includes(each)));
    return [...new Set(found.map(({ table }) => table))].sort();
  }

  /** Someone with traces everywhere; returns what is looked for. */
  async function leaveTraces(own: TestApp): Promise<{ user: SignedIn; traces: string[] }> {
    const user = await own.register();
    const newAddress = newEmail();
    const { accessToken: token, email, password } = user;
    await own.mutate('changeEmail', { newEmail: newAddress, currentPassword: password }, { token });
    await own.mutate('forgotPassword', { email });
    for (let guess = 0; guess < 5; guess += 1) await own.mutate('login', { email, password: 'wrong' });
    return { user, traces: [email, newAddress, ...hashesOf(user)] };
  }

  test('leaves nothing of the address: no counter, and no delivery that waits, is done or parked', async () => {
    const own = await createTestApp();
    const [tries, erased]: [string[], string[]] = [[], []];
    const fail = (permanent: boolean) => (event: UserRegistered) => {
      tries.push(event.email);
      throw Object.assign(new Error('not today'), { permanent });
    };
    own.auth.events.on(UserRegistered, fail(true), 'parked');
    own.auth.events.on(UserRegistered, fail(false), 'waiting');
    own.auth.events.on(UserErased, ({ userId }) => void erased.push(userId));
    await own.auth.start();
    const [ada, bob] = [await leaveTraces(own), await leaveTraces(own)];
    await own.auth.services.accountClosing.close(ada.user.email);
    await own.mailer.next(ada.user.email, 'account-closed');
    await until(async () => (await own.auth.deliveries.listParked()).length === 2 && tries.length >= 4, 'the tries');
    const places = ['auth_jobs.job_common', 'public.auth_email_limit', 'public.auth_login_attempt', 'public.auth_user'];
    expect(await placesOf(ada.traces, own)).toEqual(expect.arrayContaining(places));
    const ofBob = await placesOf(bob.traces, own);
    own.clock.advance(WEEK);
    for (const { user } of [ada, bob]) {
      await own.mutate('forgotPassword', { email: user.email });
      await own.mutate('login', { email: user.email, password: 'wrong' });
    }
    const counters = ['public.auth_email_limit', 'public.auth_login_attempt'];
    expect(await placesOf(hashesOf(ada.user), own)).toEqual(counters);
    await own.auth.services.housekeeping.run();
    expect(await placesOf(ada.traces, own)).toEqual([]);
    expect(await placesOf(hashesOf(bob.user), own)).toEqual(counters);
    expect(await own.auth.deliveries.listParked()).toHaveLength(1);
    expect(ofBob).toEqual(expect.arrayContaining(places));
    expect(await placesOf(bob.traces, own)).toEqual(
      expect.arrayContaining(['auth_jobs.job_common', 'public.auth_user']),
    );
    await until(() => erased[0], 'the event');
    expect(erased).toEqual([ada.user.userId]);
    expect((await own.register({ email: ada.user.email })).userId).not.toBe(ada.user.userId);
  });

  test('deletes events that have not been relayed, and records that the user was erased', async () => {
    const own = await createTestApp();
    const [ada, bob] = [await leaveTraces(own), await leaveTraces(own)];
    await own.auth.services.accountClosing.close(ada.user.email);
    expect(await placesOf(ada.traces, own)).toContain('public.auth_outbox');
    own.clock.advance(WEEK);
    await own.auth.services.housekeeping.run();
    expect(await placesOf(ada.traces, own)).toEqual([]);
    expect(await placesOf(bob.traces, own)).toContain('public.auth_outbox');
    const left = await own.database.sql(
      "select name, payload, origin->'actor' as actor from auth_outbox where payload->>'userId' = $1",
      [ada.user.userId],
    );
    const actor = { kind: 'SYSTEM', id: null };
    expect(left).toEqual([{ name: 'UserErased', payload: { userId: ada.user.userId }, actor }]);
  });

  test('keeps in the audit trail what happened, but neither details nor where it was done from', async () => {
    const [ada, bob] = [await app.register(), await app.register()];
    const operator = { actor: { kind: 'OPERATOR', id: ada.userId }, ipAddress: '192.0.2.7' } as const;
    await app.auth.actAs(operator, () => app.auth.services.roles.set(bob.userId, ['editor']));
    await allDelivered(app);
    await close(ada);
    await allDelivered(app);
    await erase();
    await allDelivered(app);
    const trailOf = ({ userId }: SignedIn): Promise<object[]> =>
      app.database.sql('select * from auth_security_event where user_id = $1 order by name', [userId]);
    const cleaned = { ip_address: null, user_agent: null, details: null };
    const names = ['AccountClosed', 'EmailVerificationRequested', 'SessionRevoked', 'UserErased', 'UserLoggedIn'];
    expect(await trailOf(ada)).toMatchObject([...names, 'UserRegistered'].map((name) => ({ name, ...cleaned })));
    const [changed] = (await trailOf(bob)).filter((line) => 'name' in line && line.name === 'RolesChanged');
    expect(changed).toMatchObject({ actor_id: ada.userId, ip_address: null, details: { roles: ['editor'] } });
  });

  test('takes more than one batch, and two processes at once erase everyone once', async () => {
    const own = await createTestApp();
    const ids = await own.database.sql<{ id: string }>(
      `insert into auth_user (id, email, active, created_at, closed_at, erase_after)
       select gen_random_uuid(), 'user-' || n || '@example.com', false, $1, $1, $1 from generate_series(1, 250) n
       returning id`,
      [own.clock.now()],
    );
    const { housekeeping } = own.auth.services;
    const counts = await Promise.all([housekeeping.run(), housekeeping.run()]);
    expect(counts[0] + counts[1]).toBe(250);
    const erased = await own.database.sql<{ id: string }>("select payload->>'userId' as id from auth_outbox");
    expect(erased.map(({ id }) => id).sort()).toEqual(ids.map(({ id }) => id).sort());
  });

  test('skips an account that is being restored, which then stays', async () => {
    const own = await createTestApp();
    const [ada, bob] = [await own.register(), await own.register()];
    for (const { email } of [ada, bob]) await own.auth.services.accountClosing.close(email);
    own.clock.advance(WEEK);
    const restoring = new pg.Client({ connectionString: own.database.url });
    await restoring.connect();
    await restoring.query('begin');
    const restore = 'update auth_user set active = true, closed_at = null, erase_after = null where id = $1';
    await restoring.query(restore, [ada.userId]);
    await own.auth.services.housekeeping.run();
    await restoring.query('commit');
    await restoring.end();
    await own.auth.services.housekeeping.run();
    expect(await own.database.sql('select id from auth_user')).toEqual([{ id: ada.userId }]);
  });
});
