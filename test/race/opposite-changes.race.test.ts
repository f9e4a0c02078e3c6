import { beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import type { AuthSubgraph } from '../../src/index.js';
import { allDelivered } from '../support/deliveries.js';
import { newEmail, type SignedIn } from '../support/graphql-client.js';
import { createTestApp, type TestApp } from '../support/test-app.js';
import { until } from '../support/until.js';

type Services = AuthSubgraph['services'];
type Payload = Awaited<ReturnType<TestApp['mutate']>>;
type User = Pick<SignedIn, 'email' | 'password' | 'userId'>;
type Change = (services: Services, user: User) => Promise<unknown>;

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});

/** Makes the second change wait for the first one. */
async function inTurn(user: User, first: Change, second: Change, on = app, text = 'auth_user'): Promise<void> {
  const { services } = on.auth;
  const release = await on.database.lockRows('auth_user', [user.userId]);
  const started = first(services, user);
  await on.database.untilWaiting(text, 1);
  const followed = second(services, user);
  await on.database.untilWaiting(text, 2);
  await release();
  await Promise.all([started, followed]);
}

const deactivate: Change = ({ accounts }, { userId }) => accounts.deactivate(userId);
const reactivate: Change = ({ accounts }, { userId }) => accounts.reactivate(userId);
const close: Change = ({ accountClosing }, { userId }) => accountClosing.close(userId);
const add: Change = ({ roles }, { userId }) => roles.change(userId, { add: ['editor'], remove: [] });
const remove: Change = ({ roles }, { userId }) => roles.change(userId, { add: [], remove: ['editor'] });
const clear: Change = ({ roles }, { userId }) => roles.set(userId, []);
const verify =
  (address: string): Change =>
  ({ accountChanges }, { userId }) =>
    accountChanges.verifyEmail(userId, address);
const closeWith =
  (email: string): Change =>
  ({ accountClosing }, { userId }) =>
    accountClosing.closeById(userId, { email });
const nothing: Change = () => Promise.resolve();

describe('a change that waits for the opposite one happens', () => {
  test.each([
    ['deactivate', deactivate, reactivate, deactivate, { status: 'deactivated' }],
    ['reactivate', nothing, deactivate, reactivate, { status: 'active' }],
    ['close', close, reactivate, close, { status: 'closed' }],
    ['remove a role', nothing, add, remove, { roles: [] }],
    ['add a role', add, remove, add, { roles: ['editor'] }],
    ['set the roles', nothing, add, clear, { roles: [] }],
  ])('%s', async (_name, before, first, second, expected) => {
    const user = await app.register();
    await before(app.auth.services, user);
    await inTurn(user, first, second);
    expect(await app.auth.services.accounts.find(user.userId)).toMatchObject(expected);
  });

  test.each<[string, (address: string) => Change, object]>([
    ['verify', verify, { emailVerifiedAt: expect.any(Date) }],
    ['close', closeWith, { status: 'closed' }],
  ])('%s an account by an address that it is just getting', async (_name, second, expected) => {
    const [user, address] = [await app.register(), newEmail()];
    await inTurn(user, (services) => services.operatorEmailChange.change(user.userId, address), second(address));
    expect(await app.auth.services.accounts.find(user.userId)).toMatchObject({ email: address, ...expected });
  });
});

describe('a sign-in that is stored before', () => {
  const signIn =
    (opened: Payload[]): Change =>
    async (_services, { email, password }) =>
      opened.push(await app.mutate('login', { email, password }));

  test('has no session after all sessions of the user ended', async () => {
    const [user, opened] = [await app.register(), [] as Payload[]];
    await inTurn(user, signIn(opened), ({ operatorSessions }, { userId }) => operatorSessions.revokeOfUser(userId));
    const { __typename } = await app.mutate('refresh', { refreshToken: opened[0]?.tokens?.refreshToken });
    expect(__typename).toBe('InvalidTokenError');
  });

  test.each([
    ['deactivated', deactivate],
    ['closed', close],
  ])('has no session in an account that is %s', async (_name, change) => {
    const [user, opened] = [await app.register(), [] as Payload[]];
    await inTurn(user, signIn(opened), change);
    expect(opened[0]?.tokens).toBeDefined();
    expect(await rowsOf(app, 'auth_session', user, 'and revoked_at is null')).toBe(0);
  });

  test('does not leave a device that signs in while the user is locked', async () => {
    const [user, opened] = [await app.register(), [] as Payload[]];
    await inTurn(user, signIn(opened), ({ unlock }, { email }) => unlock.lock(email));
    const { __typename } = await app.mutate('login', {
      ...{ email: user.email, password: user.password, deviceToken: opened[0]?.deviceToken },
    });
    expect(__typename).toBe('AccountLockedError');
  });
});

async function rowsOf(on: TestApp, table: string, { userId }: User, condition = ''): Promise<number> {
  return (await on.database.sql(`select from ${table} where user_id = $1 ${condition}`, [userId])).length;
}

test('a link that is created while the account is deactivated does not work', async () => {
  const own = await createTestApp({ background: true });
  const user = await own.register();
  const other = new pg.Client({ connectionString: own.database.url });
  await other.connect();
  await other.query('begin');
  await other.query('update auth_user set active = false');
  await own.mutate('forgotPassword', { email: user.email });
  await own.database.untilWaiting('auth_user');
  await other.query('commit');
  await other.end();
  await until(async () => (await own.database.sql('select from auth_outbox')).length === 0, 'the events');
  await allDelivered(own);
  expect(await rowsOf(own, 'auth_one_time_token', user, `and purpose = 'RESET_PASSWORD' and consumed_at is null`)).toBe(
    0,
  );
});

test('a registration that is stored before its address is verified is discarded', async () => {
  const own = await createTestApp({ registration: { requireEmailVerification: true } });
  const user = { email: newEmail(), password: 'a long enough one', userId: '' };
  const register: Change = async () => own.mutate('register', { email: user.email, password: user.password });
  await register(own.auth.services, user);
  user.userId = (await own.auth.services.accounts.find(user.email)).id;
  // The second email within a minute would not be sent.
  own.clock.advance(61);
  // The statement of a registration names the table too late for pg_stat_activity.
  await inTurn(user, register, verify(user.email), own, 'select');
  expect(await rowsOf(own, 'auth_registration_claim', user)).toBe(0);
});
