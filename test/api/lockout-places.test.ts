import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { AccountLocked } from '../../src/core/attempts/attempt.events.js';
import { allDelivered } from '../support/deliveries.js';
import { TooManyRequestsError } from '../../src/core/errors/errors.js';
import { cheapHash, GatedHasher } from '../support/gated-hasher.js';
import { newEmail, type Outcome, type SignedIn } from '../support/graphql-client.js';
import { createTestApp, type TestApp } from '../support/test-app.js';

const MAX_ATTEMPTS = 5;
const DURATION = 900;
const TOO_MANY = { __typename: 'TooManyRequestsError', code: 'AUTH_TOO_MANY_REQUESTS' };

const hasher = new GatedHasher();
let app: TestApp;
let ada: SignedIn;
beforeAll(async () => {
  app = await createTestApp({ hasher, emailLimit: { maxPerHour: 0 } });
});
beforeEach(async () => {
  hasher.open();
  ada = await app.register();
});

async function login(password = ada.password, email = ada.email): Promise<Outcome> {
  return app.mutate('login', { email, password });
}

async function logins(count: number, password?: string): Promise<Outcome[]> {
  return Promise.all(Array.from({ length: count }, () => login(password)));
}

/** Starts sign-ins whose comparisons wait at the gate. */
async function startLogins(count: number, password?: string): Promise<{ finish: () => Promise<Outcome[]> }> {
  hasher.shut();
  const started = logins(count, password);
  await hasher.haveArrived(count);
  return {
    finish: () => {
      hasher.open();
      return started;
    },
  };
}

function typesOf(outcomes: readonly Outcome[]): string[] {
  return outcomes.map(({ __typename }) => __typename);
}

test('a wrong password that is being compared while an operator locks the address locks nothing', async () => {
  for (let count = 1; count < MAX_ATTEMPTS; count += 1) await login('wrong');
  const last = await startLogins(1, 'wrong');
  await app.auth.services.unlock.lock(ada.email);
  await last.finish();
  expect(
    await app.database.sql(
      `select name from auth_outbox where payload->>'userId' = $1 and name like 'AccountLocked%'`,
      [ada.userId],
    ),
  ).toEqual([{ name: 'AccountLockedByOperator' }]);
});

test.each(['a sign-in', 'a change of the password'])(
  'a correct password that %s compares while an operator locks the address does not end the lock',
  async (use) => {
    await login('wrong');
    hasher.shut();
    const input = { currentPassword: ada.password, newPassword: 'wrong horse battery staple' };
    const compared = use === 'a sign-in' ? login() : app.mutate('changePassword', input, { token: ada.accessToken });
    await hasher.haveArrived(1);
    await app.auth.services.unlock.lock(ada.email);
    hasher.open();
    expect((await compared).__typename).toMatch(/^(LoginSuccess|PasswordChanged)$/);
    expect((await login()).__typename).toBe('AccountLockedError');
    const running = `select from auth_login_attempt where user_id = $1 and places <> '{}'`;
    expect(await app.database.sql(running, [ada.userId])).toEqual([]);
  },
);

describe('concurrent correct passwords', () => {
  test('sign in, and one without a free place is told to retry in a second', async () => {
    const five = await startLogins(MAX_ATTEMPTS);
    expect(await login()).toMatchObject({ ...TOO_MANY, retryAfterSeconds: 1 });
    expect(typesOf(await five.finish())).toEqual(Array(MAX_ATTEMPTS).fill('LoginSuccess'));
    expect((await login()).__typename).toBe('LoginSuccess');
  });

  test('never lock, however many there are', async () => {
    const outcomes = typesOf(await logins(40));
    expect(new Set([...outcomes, 'TooManyRequestsError'])).toEqual(new Set(['LoginSuccess', 'TooManyRequestsError']));
    expect((await login()).__typename).toBe('LoginSuccess');
  });
});

describe('a password whose second form cannot be compared', () => {
  const DECOMPOSED = 'cafe\u0301 au lait';
  const busy = new GatedHasher();
  busy.verify = async (password, hash) => {
    if (password === DECOMPOSED) throw new TooManyRequestsError(1);
    return hash === cheapHash(password);
  };
  let app: TestApp;
  beforeAll(async () => {
    app = await createTestApp({ hasher: busy, rateLimits: { enabled: false } });
  });

  test('counts as a wrong one, because its first form was compared', async () => {
    const { email } = await app.register();
    for (let time = 0; time < MAX_ATTEMPTS; time += 1)
      expect(await app.mutate('login', { email, password: DECOMPOSED })).toMatchObject(TOO_MANY);
    expect((await app.mutate('login', { email, password: 'right or wrong' })).__typename).toBe('AccountLockedError');
  });

  test('counts when a viewer enters it', async () => {
    const { accessToken, password } = await app.register();
    const change = (currentPassword: string): Promise<Outcome> =>
      app.mutate('changePassword', { currentPassword, newPassword: 'a brand new pass phrase' }, { token: accessToken });
    for (let time = 0; time < MAX_ATTEMPTS; time += 1) expect(await change(DECOMPOSED)).toMatchObject(TOO_MANY);
    expect(await change(password)).toMatchObject(TOO_MANY);
  });

  test('signs in if its first form is correct', async () => {
    const { userId, email } = await app.register({ password: DECOMPOSED.normalize('NFC') });
    expect((await app.login({ email, password: DECOMPOSED })).userId).toBe(userId);
  });
});

describe('a running comparison', () => {
  test('takes the place of an attempt, so that failures and comparisons together stay within the limit', async () => {
    for (let time = 0; time < 3; time += 1) await login('wrong');
    const two = await startLogins(2, 'wrong');
    const compared = hasher.comparisons;
    expect(typesOf(await logins(20, 'wrong'))).toEqual(Array(20).fill('TooManyRequestsError'));
    expect(hasher.comparisons).toBe(compared);
    expect(typesOf(await two.finish())).toEqual(Array(2).fill('InvalidCredentialsError'));
    expect(await login()).toMatchObject({ __typename: 'AccountLockedError', retryAfterSeconds: DURATION });
  });

  test('does not lock if the password is correct', async () => {
    for (let time = 0; time < MAX_ATTEMPTS - 1; time += 1) await login('wrong');
    const right = await startLogins(1);
    expect(await login()).toMatchObject({ ...TOO_MANY, retryAfterSeconds: 1 });
    expect(typesOf(await right.finish())).toEqual(['LoginSuccess']);
    for (let time = 0; time < MAX_ATTEMPTS - 1; time += 1) await login('wrong');
    expect((await login()).__typename).toBe('LoginSuccess');
  });

  test('for an address without an account takes a place too', async () => {
    const email = newEmail();
    hasher.shut();
    const five = Promise.all(Array.from({ length: MAX_ATTEMPTS }, () => login('wrong', email)));
    await hasher.haveArrived(MAX_ATTEMPTS);
    expect(await login('wrong', email)).toMatchObject({ ...TOO_MANY, retryAfterSeconds: 1 });
    hasher.open();
    expect(typesOf(await five)).toEqual(Array(MAX_ATTEMPTS).fill('InvalidCredentialsError'));
    expect((await login('wrong', email)).__typename).toBe('AccountLockedError');
  });

  test('for a signed-in user does not lock', async () => {
    const { accessToken: token, password } = ada;
    const change = (): Promise<Outcome> =>
      app.mutate('changeEmail', { newEmail: newEmail(), currentPassword: password }, { token });
    hasher.shut();
    const five = Promise.all(Array.from({ length: MAX_ATTEMPTS }, change));
    await hasher.haveArrived(MAX_ATTEMPTS);
    expect(await change()).toMatchObject({ ...TOO_MANY, retryAfterSeconds: 1 });
    hasher.open();
    expect(typesOf(await five)).toEqual(Array(MAX_ATTEMPTS).fill('MailRequested'));
    expect((await change()).__typename).toBe('MailRequested');
  });

  test('whose process crashes frees its place within a minute, and locks nobody out', async () => {
    await login('wrong');
    await startLogins(MAX_ATTEMPTS - 1);
    hasher.abandon();
    app.clock.advance(10);
    expect(await login()).toMatchObject({ ...TOO_MANY, retryAfterSeconds: 50 });
    app.clock.advance(50);
    expect((await login()).__typename).toBe('LoginSuccess');
  });

  test('whose process crashes does not free the places of others', async () => {
    await startLogins(2);
    hasher.abandon();
    app.clock.advance(30);
    const others = await startLogins(3, 'wrong');
    expect(await login()).toMatchObject(TOO_MANY);
    app.clock.advance(30);
    const more = logins(2, 'wrong');
    await hasher.haveArrived(5);
    expect(await login()).toMatchObject(TOO_MANY);
    expect(typesOf(await others.finish())).toEqual(Array(3).fill('InvalidCredentialsError'));
    await more;
    expect((await login()).__typename).toBe('AccountLockedError');
  });
});

describe('the limit of a client address', () => {
  const FROM = { headers: { 'x-forwarded-for': '192.0.2.1' } };

  async function limited(): Promise<{ own: TestApp; signIn: (password: string) => Promise<Outcome> }> {
    const own = await createTestApp({ hasher, trustedHops: 1, lockout: { maxAttemptsPerClient: 3 } });
    const { email } = await own.register();
    return { own, signIn: (password) => own.mutate('login', { email, password }, FROM) };
  }

  test('does not count correct passwords', async () => {
    const { signIn } = await limited();
    for (let time = 0; time < 10; time += 1) expect((await signIn(ada.password)).__typename).toBe('LoginSuccess');
  });

  test('does not count attempts on a locked account', async () => {
    const { own, signIn } = await limited();
    const bob = await own.register();
    const guess = (options = FROM): Promise<Outcome> =>
      own.mutate('login', { email: bob.email, password: 'wrong' }, options);
    for (let time = 0; time < MAX_ATTEMPTS; time += 1)
      await guess({ headers: { 'x-forwarded-for': `192.0.2.1${String(time)}` } });
    for (let time = 0; time < 5; time += 1) expect((await guess()).__typename).toBe('AccountLockedError');
    expect((await signIn(ada.password)).__typename).toBe('LoginSuccess');
  });

  test('is filled briefly by running comparisons, and locked by failures', async () => {
    const { own, signIn } = await limited();
    hasher.shut();
    const three = Promise.all([
      signIn(ada.password),
      ...[1, 2].map(() => own.mutate('login', { email: newEmail(), password: 'wrong' }, FROM)),
    ]);
    await hasher.haveArrived(3);
    expect(await signIn(ada.password)).toMatchObject({ ...TOO_MANY, retryAfterSeconds: 1 });
    hasher.open();
    await three;
    expect((await signIn(ada.password)).__typename).toBe('LoginSuccess');
    expect((await own.mutate('login', { email: newEmail(), password: 'wrong' }, FROM)).__typename).toBe(
      'InvalidCredentialsError',
    );
    expect(await signIn(ada.password)).toMatchObject({ ...TOO_MANY, retryAfterSeconds: DURATION });
  });
});

test('a password attempt runs two statements, whether it is correct, wrong, locks or is rejected', async () => {
  const cost = async (password?: string): Promise<number> => app.database.countStatements(() => login(password));
  expect(await cost()).toBe(2);
  for (let time = 0; time < MAX_ATTEMPTS; time += 1) expect(await cost('wrong')).toBe(2);
  expect(await cost()).toBe(2);
});

test('a lock causes one event, even if failures are concurrent', async () => {
  const loud = await createTestApp({ hasher, lockout: { maxAttempts: 3 } });
  const heard: AccountLocked[] = [];
  loud.auth.events.on(AccountLocked, (event) => void heard.push(event));
  await loud.auth.start();
  const bob = await loud.register();
  const guess = (): Promise<Outcome> => loud.mutate('login', { email: bob.email, password: 'wrong' });
  hasher.shut();
  const guesses = Promise.all([1, 2, 3].map(guess));
  await hasher.haveArrived(3);
  hasher.open();
  await guesses;
  expect((await guess()).__typename).toBe('AccountLockedError');
  await loud.mailer.next(bob.email, 'account-locked');
  await allDelivered(loud);
  expect(heard).toHaveLength(1);
  expect(heard[0]).toMatchObject({ userId: bob.userId, failedAttempts: 3 });
});
