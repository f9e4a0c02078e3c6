import { beforeAll, describe, expect, test } from '@jest/globals';
import { TooManyRequestsError } from '../../src/core/errors/errors.js';
import { AccountLocked, AccountUnlocked } from '../../src/core/attempts/attempt.events.js';
import type { DomainEvent } from '../../src/core/events/domain-event.js';
import { CountingHasher } from '../support/counting-hasher.js';
import { cheapHash } from '../support/gated-hasher.js';
import { newEmail, type Outcome } from '../support/graphql-client.js';
import { createTestApp, type TestApp } from '../support/test-app.js';

const LOCKED = {
  __typename: 'AccountLockedError',
  code: 'AUTH_ACCOUNT_LOCKED',
  message: 'Too many wrong passwords. Try again later, or reset the password.',
};
const MAX_ATTEMPTS = 5;
const DURATION = 900;

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});

async function login(
  { email, password, deviceToken }: { email: string; password: string; deviceToken?: string | null },
  on = app,
): Promise<Outcome> {
  return on.mutate('login', { email, password, deviceToken });
}

async function guess(email: string, times: number, on = app, deviceToken?: string | null): Promise<string[]> {
  const outcomes: string[] = [];
  for (let time = 0; time < times; time += 1)
    outcomes.push((await login({ email, password: 'wrong', deviceToken: deviceToken ?? null }, on)).__typename);
  return outcomes;
}

async function lock(email: string, on = app): Promise<void> {
  expect(await guess(email, MAX_ATTEMPTS, on)).toEqual(Array(MAX_ATTEMPTS).fill('InvalidCredentialsError'));
  expect(await guess(email, 1, on)).toEqual(['AccountLockedError']);
}

describe('wrong passwords', () => {
  test.each([1, 3, 5])('are compared at most %i times, even if 60 are concurrent', async (maxAttempts) => {
    const hasher = new CountingHasher();
    const own = await createTestApp({ hasher, lockout: { maxAttempts } });
    const ada = await own.register();
    const racing = Array.from({ length: 60 }, () => own.mutate('login', { email: ada.email, password: 'wrong' }));
    const outcomes = (await Promise.all(racing)).map((outcome) => outcome.__typename);
    expect(hasher.comparisons).toBe(maxAttempts);
    expect(outcomes.filter((outcome) => outcome === 'InvalidCredentialsError')).toHaveLength(maxAttempts);
    const refused = outcomes.filter((outcome) => ['AccountLockedError', 'TooManyRequestsError'].includes(outcome));
    expect(refused).toHaveLength(60 - maxAttempts);
    expect((await login(ada, own)).__typename).toBe('AccountLockedError');
    expect(hasher.comparisons).toBe(maxAttempts);
  });

  test('lock after the last allowed attempt, and the correct one is rejected until the lockout ends', async () => {
    const own = await createTestApp();
    const ada = await own.register();
    await guess(ada.email, MAX_ATTEMPTS, own);
    expect(await login(ada, own)).toEqual({ ...LOCKED, retryAfterSeconds: DURATION });
    own.clock.advance(DURATION - 1);
    expect(await login(ada, own)).toEqual({ ...LOCKED, retryAfterSeconds: 1 });
    own.clock.advance(1);
    expect((await login(ada, own)).__typename).toBe('LoginSuccess');
  });

  test('during a lockout do not extend it', async () => {
    const own = await createTestApp();
    const ada = await own.register();
    await lock(ada.email, own);
    own.clock.advance(DURATION - 1);
    await guess(ada.email, 3, own);
    own.clock.advance(1);
    expect((await login(ada, own)).__typename).toBe('LoginSuccess');
  });

  test('are allowed as often again after the lockout', async () => {
    const own = await createTestApp();
    const ada = await own.register();
    await lock(ada.email, own);
    own.clock.advance(DURATION);
    await lock(ada.email, own);
  });

  test('lock an unknown address the same, byte for byte', async () => {
    const [known, unknown] = [(await app.register()).email, newEmail()];
    for (let time = 0; time <= MAX_ATTEMPTS; time += 1) {
      const [left, right] = [
        await app.mutation('login', { email: known, password: 'wrong' }),
        await app.mutation('login', { email: unknown, password: 'wrong' }),
      ];
      expect(right.text).toBe(left.text);
      expect(right.status).toBe(left.status);
    }
    expect(await guess(unknown, 1)).toEqual(['AccountLockedError']);
  });

  test('are counted for an address, however it is written', async () => {
    const { email } = await app.register();
    await guess(email, 3);
    await guess(` ${email.toUpperCase()} `, 2);
    expect(await guess(email, 1)).toEqual(['AccountLockedError']);
  });

  test('lock only one address', async () => {
    const [ada, bob] = [await app.register(), await app.register()];
    await lock(ada.email);
    expect((await login(bob)).__typename).toBe('LoginSuccess');
  });

  test('do not end open sessions', async () => {
    const ada = await app.register();
    await lock(ada.email);
    expect((await app.me(ada.accessToken)).errors).toEqual([]);
    expect((await app.refresh(ada.refreshToken)).__typename).toBe('LoginSuccess');
  });

  test('are no longer counted after a successful login', async () => {
    const ada = await app.register();
    for (let round = 0; round < 3; round += 1) {
      await guess(ada.email, MAX_ATTEMPTS - 1);
      expect((await login(ada)).__typename).toBe('LoginSuccess');
    }
  });

  test('are no longer counted once they are older than the lockout duration', async () => {
    const own = await createTestApp();
    const ada = await own.register();
    await guess(ada.email, MAX_ATTEMPTS - 1, own);
    own.clock.advance(DURATION);
    expect(await guess(ada.email, MAX_ATTEMPTS - 1, own)).not.toContain('AccountLockedError');
    expect((await login(ada, own)).__typename).toBe('LoginSuccess');
  });

  test('are counted for the whole lockout duration', async () => {
    const own = await createTestApp();
    const ada = await own.register();
    await guess(ada.email, MAX_ATTEMPTS - 1, own);
    own.clock.advance(DURATION - 1);
    await guess(ada.email, 1, own);
    expect((await login(ada, own)).__typename).toBe('AccountLockedError');
  });

  test('never lock if lockout is disabled', async () => {
    const own = await createTestApp({ lockout: { enabled: false, maxAttempts: 2 } });
    const ada = await own.register();
    expect(await guess(ada.email, 12, own)).not.toContain('AccountLockedError');
    expect((await login(ada, own)).__typename).toBe('LoginSuccess');
  });

  test('lock every instance on the same database, including one that is started later', async () => {
    const ada = await app.register();
    await guess(ada.email, 3);
    const later = await createTestApp({ database: { url: app.database.url }, clock: app.clock });
    await guess(ada.email, 2, later);
    expect((await login(ada)).__typename).toBe('AccountLockedError');
    expect((await login(ada, later)).__typename).toBe('AccountLockedError');
    expect(await app.auth.services.unlock.unlock(ada.email)).toBe(true);
    expect((await login(ada, later)).__typename).toBe('LoginSuccess');
  });
});

describe('a known device', () => {
  test.each(['register', 'login'])('from %s can sign in while others have locked the address', async (field) => {
    const email = newEmail();
    const password = 'correct horse battery staple';
    const registered = await app.mutate('register', { email, password });
    const first = field === 'register' ? registered : await login({ email, password });
    expect(first.deviceToken).toEqual(expect.any(String));
    await lock(email);
    const again = await login({ email, password, deviceToken: first.deviceToken ?? '' });
    expect(again).toMatchObject({ __typename: 'LoginSuccess', deviceToken: null });
    expect((await login({ email, password })).__typename).toBe('AccountLockedError');
  });

  test('has the same number of attempts as others', async () => {
    const ada = await app.register();
    const { deviceToken = null } = await login(ada);
    expect(await guess(ada.email, 6, app, deviceToken)).toEqual([
      ...Array<string>(MAX_ATTEMPTS).fill('InvalidCredentialsError'),
      'AccountLockedError',
    ]);
    expect((await login({ ...ada, deviceToken })).__typename).toBe('AccountLockedError');
    expect((await login(ada)).__typename).toBe('LoginSuccess');
  });

  test.each([
    ['garbage', () => 'garbage'],
    ['empty', () => ''],
    ['one that was never issued', () => 'A'.repeat(43)],
    ['with a NUL', () => `${'A'.repeat(42)}\u0000`],
    ['of 100 kB', () => 'x'.repeat(100_000)],
  ])('is not proven by a token that is %s', async (_name, token) => {
    const ada = await app.register();
    await lock(ada.email);
    expect((await login({ ...ada, deviceToken: token() })).__typename).toBe('AccountLockedError');
  });

  test("is not proven by the token of another user's device", async () => {
    const [ada, bob] = [await app.register(), await app.register()];
    const { deviceToken = null } = await login(bob);
    expect(await guess(ada.email, MAX_ATTEMPTS, app, deviceToken)).not.toContain('AccountLockedError');
    expect((await login({ ...ada, deviceToken })).__typename).toBe('AccountLockedError');
    expect((await login({ ...bob, deviceToken })).__typename).toBe('LoginSuccess');
  });

  test('is forgotten for a new one if a hundred others were used later', async () => {
    const ada = await app.register();
    const devices = (): Promise<unknown> =>
      app.database.sql(
        `select count(*)::int as count, min(last_used_at) > now() - interval '97 days 12 hours' as recent
        from auth_device where user_id = $1`,
        [ada.userId],
      );
    const { deviceToken: kept = null } = await login(ada);
    await app.database.sql(
      `insert into auth_device (id, user_id, token_hash, created_at, last_used_at)
      select gen_random_uuid(), $1, sha256(n::text::bytea || uuid_send($1)), now(), now() - n * interval '1 day'
      from generate_series(1, 98) as n`,
      [ada.userId],
    );
    expect(await devices()).toEqual([{ count: 100, recent: false }]);
    app.clock.advance(1);
    const latest = await login(ada);
    expect(await devices()).toEqual([{ count: 100, recent: true }]);
    for (const { deviceToken = null } of [{ deviceToken: kept }, latest])
      expect((await login({ ...ada, deviceToken })).deviceToken).toBeNull();
  });

  test('still needs the password', async () => {
    const ada = await app.register();
    const { deviceToken = null } = await login(ada);
    expect(await guess(ada.email, 1, app, deviceToken)).toEqual(['InvalidCredentialsError']);
  });
});

describe('events and emails of a lockout', () => {
  let heard: (AccountLocked | AccountUnlocked)[];
  let loud: TestApp;
  beforeAll(async () => {
    heard = [];
    loud = await createTestApp();
    loud.auth.events.on(AccountLocked, (event) => void heard.push(event));
    loud.auth.events.on(AccountUnlocked, (event) => void heard.push(event));
    await loud.auth.start();
  });

  /** Waits for so many events of a user, which come in no order. */
  async function eventsOf(userId: string, count: number): Promise<DomainEvent[]> {
    const own = (): DomainEvent[] => heard.filter((event) => event.userId === userId);
    for (let wait = 0; wait < 200 && own().length < count; wait += 1)
      await new Promise((resolve) => setTimeout(resolve, 50));
    return own().sort((left, right) => left.constructor.name.localeCompare(right.constructor.name));
  }

  test('a lockout causes one event and one email, however many attempts are concurrent', async () => {
    const ada = await loud.register();
    await Promise.all(Array.from({ length: 30 }, () => guess(ada.email, 1, loud)));
    const { text } = await loud.mailer.next(ada.email, 'account-locked');
    expect(text).toContain('locked');
    await lock((await loud.register()).email, loud);
    const events = await eventsOf(ada.userId, 1);
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({ userId: ada.userId, failedAttempts: MAX_ATTEMPTS });
    expect(events[0]).toBeInstanceOf(AccountLocked);
    expect(loud.mailer.to(ada.email, 'account-locked')).toHaveLength(1);
  });

  test('an operator can end it, which causes an event', async () => {
    const ada = await loud.register();
    await lock(ada.email, loud);
    expect(await loud.auth.services.unlock.unlock(` ${ada.email.toUpperCase()}`)).toBe(true);
    expect((await login(ada, loud)).__typename).toBe('LoginSuccess');
    const [, unlocked] = await eventsOf(ada.userId, 2);
    expect(unlocked).toBeInstanceOf(AccountUnlocked);
    expect(await loud.auth.services.unlock.unlock(ada.email)).toBe(false);
  });

  test('an operator can end that of a known device too', async () => {
    const ada = await loud.register();
    const { deviceToken = null } = await login(ada, loud);
    await guess(ada.email, MAX_ATTEMPTS, loud, deviceToken);
    expect(await loud.auth.services.unlock.unlock(ada.email)).toBe(true);
    expect((await login({ ...ada, deviceToken }, loud)).__typename).toBe('LoginSuccess');
  });

  test('a password reset ends it, which causes an event', async () => {
    const ada = await loud.register();
    await lock(ada.email, loud);
    await loud.mutate('forgotPassword', { email: ada.email });
    const token = await loud.mailer.token(ada.email, 'reset-password');
    await loud.mutate('resetPassword', { token, newPassword: 'a brand new pass phrase' });
    const events = await eventsOf(ada.userId, 2);
    expect(events.map((event) => event.constructor.name)).toEqual(['AccountLocked', 'AccountUnlocked']);
  });

  test('a lockout of an unknown address causes none, but an operator can end it', async () => {
    const email = newEmail();
    await lock(email, loud);
    expect(await loud.auth.services.unlock.unlock(email)).toBe(true);
    expect(await guess(email, 1, loud)).toEqual(['InvalidCredentialsError']);
    expect(await loud.auth.services.unlock.unlock('no address')).toBe(false);
    expect(loud.mailer.to(email)).toEqual([]);
  });
});

describe('an overloaded service', () => {
  test('does not count attempts: the correct password signs in as soon as it can be compared', async () => {
    const state = { busy: false };
    const app = await createTestApp({
      lockout: { maxAttempts: 2 },
      hasher: {
        hash: (password) => Promise.resolve(cheapHash(password)),
        verify: (password, hash) => {
          if (state.busy) throw new TooManyRequestsError(1);
          return Promise.resolve(hash === cheapHash(password));
        },
        needsRehash: () => false,
      },
    });
    const ada = await app.register();
    const input = { email: ada.email, password: ada.password };
    state.busy = true;
    for (let n = 0; n < 5; n += 1) expect((await app.mutate('login', input)).__typename).toBe('TooManyRequestsError');
    state.busy = false;
    expect((await app.mutate('login', input)).__typename).toBe('LoginSuccess');
  });
});
