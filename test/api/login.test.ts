import { beforeAll, describe, expect, test } from '@jest/globals';
import bcrypt from 'bcrypt';
import { systemRandom } from '../../src/platform/random.js';
import { BcryptHasher, type PasswordHasher } from '../../src/core/credentials/password-hasher.js';
import { crowd } from '../support/crowd.js';
import { newEmail } from '../support/graphql-client.js';
import { INVALID_CREDENTIALS } from '../support/outcomes.js';
import { createTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});

describe('login', () => {
  test('opens a session for the correct password', async () => {
    const ada = await app.register();
    const again = await app.login(ada);
    expect(again.userId).toBe(ada.userId);
    expect(again.sessionId).not.toBe(ada.sessionId);
  });

  test('returns the address in the same operation', async () => {
    const { email, password } = await app.register();
    const answer = await app.request<{ login: { user: { sessions: unknown[] } } }>(
      `mutation ($input: LoginInput!) {
        login(input: $input) { ... on LoginSuccess { user { email emailVerified sessions { current } } } }
      }`,
      { input: { email, password } },
    );
    expect(answer.errors).toEqual([]);
    expect(answer.data).toMatchObject({ login: { user: { email, emailVerified: false } } });
    expect(answer.data.login.user.sessions).toHaveLength(2);
  });

  test('returns the same result for a wrong password, an unknown address and a closed account', async () => {
    const ada = await app.register();
    const closed = await app.register();
    await app.database.sql('update auth_user set active = false where id = $1', [closed.userId]);
    for (const input of [
      { email: ada.email, password: 'wrong' },
      { email: newEmail(), password: 'wrong' },
      { email: closed.email, password: closed.password },
    ])
      expect(await app.mutate('login', input)).toEqual(INVALID_CREDENTIALS);
  });

  test('compares one password for a known and for an unknown address alike', async () => {
    let comparisons = 0;
    const counting: PasswordHasher = {
      hash: (password) => bcrypt.hash(password, 4),
      verify: async (password, hash) => {
        comparisons += 1;
        return hash !== undefined && bcrypt.compare(password, hash);
      },
      needsRehash: () => false,
    };
    const counted = await createTestApp({ hasher: counting });
    const ada = await counted.register();
    await counted.mutate('login', { email: ada.email, password: 'wrong' });
    await counted.mutate('login', { email: newEmail(), password: 'wrong' });
    expect(comparisons).toBe(2);
  });

  test('accepts a password whose accents are composed differently', async () => {
    const ada = await app.register({ password: 'pâté de campagne' });
    expect((await app.login({ ...ada, password: 'pâté de campagne'.normalize('NFD') })).userId).toBe(ada.userId);
  });

  test.each([
    ['in another case', (password: string) => password.toUpperCase()],
    ['with a space before it', (password: string) => ` ${password}`],
    ['with a space after it', (password: string) => `${password} `],
    ['without its own spaces at the ends', (password: string) => password.trim()],
    ['with one space instead of two', (password: string) => password.replace('  ', ' ')],
    ['with full-width letters', (password: string) => password.replace('a', 'ａ')],
  ])('does not accept a password %s', async (_how, change) => {
    const { email, password } = await app.register({ password: ' a lantern  and an otter ' });
    expect(await app.mutate('login', { email, password: change(password) })).toEqual(INVALID_CREDENTIALS);
    expect((await app.mutate('login', { email, password })).__typename).toBe('LoginSuccess');
  });

  test('rejects a wrong tail after byte 72, which bcrypt ignores', async () => {
    const password = 'correct horse battery staple, '.padEnd(72, 'and an otter with a lantern, ');
    const ada = await app.register({ password });
    expect(await app.mutate('login', { email: ada.email, password: `${password}y` })).toEqual(INVALID_CREDENTIALS);
    expect(await app.mutate('login', { email: ada.email, password: 'x'.repeat(900_000) })).toEqual(INVALID_CREDENTIALS);
  });

  test('runs two statements in addition to the comparison', async () => {
    const { email, password } = await app.register();
    expect(await app.database.countStatements(() => app.mutate('login', { email, password }))).toBe(2);
  });

  test('opens no session if the password is changed during the comparison', async () => {
    const ada = await app.register();
    let meanwhile = (): Promise<unknown> => Promise.resolve();
    const slow = await createTestApp({
      database: { url: app.database.url },
      hasher: {
        hash: (password) => bcrypt.hash(password, 4),
        verify: async (password, hash) => {
          const equal = hash !== undefined && (await bcrypt.compare(password, hash));
          await meanwhile();
          return equal;
        },
        needsRehash: () => false,
      },
    });
    meanwhile = () => app.database.sql(`update auth_user set password_hash = 'changed' where id = $1`, [ada.userId]);
    expect(await slow.mutate('login', { email: ada.email, password: ada.password })).toEqual(INVALID_CREDENTIALS);
  });

  test('updates lastLoginAt', async () => {
    const ada = await app.register();
    app.clock.advance(60);
    const { accessToken } = await app.login(ada);
    const answer = await app.request('{ me { lastLoginAt } }', {}, { token: accessToken });
    expect(answer.data).toEqual({ me: { lastLoginAt: app.clock.now().toISOString() } });
  });

  test('a password does not expire', async () => {
    const patient = await createTestApp();
    const ada = await patient.register();
    patient.clock.advance(5 * 365 * 24 * 60 * 60);
    expect((await patient.login(ada)).userId).toBe(ada.userId);
  });

  test('is rejected while too many passwords are waiting, and other requests are not', async () => {
    const hasher = new BcryptHasher(4, systemRandom);
    const busy = await createTestApp({ hasher, lockout: { enabled: false } });
    const ada = await busy.register();
    const leave = await crowd(hasher);
    const refused = await busy.mutate('login', { email: ada.email, password: ada.password });
    const me = await busy.me(ada.accessToken);
    await leave();
    expect(refused).toMatchObject({ __typename: 'TooManyRequestsError', code: 'AUTH_TOO_MANY_REQUESTS' });
    expect(refused.retryAfterSeconds).toBeGreaterThan(0);
    expect(me.data).toMatchObject({ me: { id: ada.userId } });
    expect((await busy.login(ada)).userId).toBe(ada.userId);
  });
});
