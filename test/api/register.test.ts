import { beforeAll, describe, expect, test } from '@jest/globals';
import { DEFAULT_PASSWORD, newEmail } from '../support/graphql-client.js';
import { createTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});

async function rows(table: 'auth_user' | 'auth_session'): Promise<number> {
  const [row] = await app.database.sql<{ count: number }>(`select count(*)::int as count from ${table}`);
  return row?.count ?? 0;
}

describe('register', () => {
  test('creates the account and opens its first session', async () => {
    const email = newEmail();
    const outcome = await app.mutate('register', { email, password: DEFAULT_PASSWORD, firstName: ' Ada ' });
    expect(outcome).toMatchObject({
      __typename: 'LoginSuccess',
      user: { email, firstName: 'Ada', emailVerified: false },
      session: { current: true },
    });
    expect((await app.me(outcome.tokens?.accessToken)).data).toMatchObject({ me: { email } });
  });

  test('stores no password and no token, only hashes', async () => {
    const ada = await app.register({ password: 'a very unusual password' });
    const stored = JSON.stringify([
      await app.database.sql('select * from auth_user where id = $1', [ada.userId]),
      await app.database.sql('select * from auth_session where user_id = $1', [ada.userId]),
    ]);
    for (const secret of ['a very unusual password', ada.refreshToken, ...ada.refreshToken.split('.'), ada.accessToken])
      expect(stored).not.toContain(secret);
    expect(stored).toContain('$2b$04$');
  });

  test('costs one statement in addition to the hash', async () => {
    const input = { email: newEmail(), password: DEFAULT_PASSWORD };
    expect(await app.database.countStatements(() => app.mutate('register', input))).toBe(1);
  });

  test.each([
    ['upper case', (email: string) => email.toUpperCase()],
    ['white space around it', (email: string) => `  ${email}\t`],
  ])('recognizes an address written with %s', async (_name, respell) => {
    const { email } = await app.register();
    const outcome = await app.mutate('register', { email: respell(email), password: DEFAULT_PASSWORD });
    expect(outcome).toEqual({
      __typename: 'EmailAlreadyExistsError',
      code: 'AUTH_EMAIL_ALREADY_EXISTS',
      message: 'An account with this email address already exists.',
    });
  });

  test('treats an internationalized domain and its ASCII form as the same', async () => {
    const name = newEmail().split('@')[0] ?? '';
    const registered = await app.register({ email: `${name}@bücher.example` });
    const { user } = await app.mutate('login', { email: `${name}@xn--bcher-kva.example`, password: DEFAULT_PASSWORD });
    expect(user).toMatchObject({ id: registered.userId, email: `${name}@xn--bcher-kva.example` });
  });

  test('reports every broken password rule at once', async () => {
    const strict = await createTestApp({
      password: {
        saltRounds: 4,
        minLength: 12,
        requireUppercase: true,
        requireLowercase: true,
        requireNumbers: true,
        requireSpecialChars: true,
      },
    });
    const outcome = await strict.mutate('register', { email: 'zx.quince@example.com', password: 'zx.quince' });
    expect(outcome).toMatchObject({
      __typename: 'WeakPasswordError',
      code: 'AUTH_WEAK_PASSWORD',
      violations: ['MIN_LENGTH', 'UPPERCASE', 'NUMBER', 'CONTAINS_EMAIL'],
    });
    const good = await strict.mutate('register', { email: 'somebody@example.com', password: 'Correct-Horse-7' });
    expect(good.__typename).toBe('LoginSuccess');
  });

  test('rejects a password of more than 72 bytes instead of truncating it', async () => {
    const outcome = await app.mutate('register', { email: newEmail(), password: 'é'.repeat(37) });
    expect(outcome).toMatchObject({ __typename: 'WeakPasswordError', violations: ['MAX_LENGTH'] });
  });

  test('returns an error as data if registration is switched off', async () => {
    const closed = await createTestApp({ registration: { enabled: false } });
    const outcome = await closed.mutate('register', { email: newEmail(), password: DEFAULT_PASSWORD });
    expect(outcome).toMatchObject({ __typename: 'RegistrationDisabledError', code: 'AUTH_REGISTRATION_DISABLED' });
  });

  test.each([
    ['firstName', 'A\u0000da'],
    ['firstName', 'A'.repeat(200_000)],
    ['lastName', 'L'.repeat(101)],
    ['lastName', 'Love\u0007lace'],
    ['firstName', '\ud800'],
    ['firstName', 'Ada\u202Eada'],
    ['firstName', '\u2066Ada\u2069'],
    ['lastName', 'Love\u2028lace'],
    ['lastName', 'Love\u2029lace'],
  ])('names %s if it cannot be stored or read, and stores nothing', async (field, value) => {
    const before = await rows('auth_user');
    const outcome = await app.mutate('register', { email: newEmail(), password: DEFAULT_PASSWORD, [field]: value });
    expect(outcome).toMatchObject({ __typename: 'InvalidInputError', code: 'AUTH_INVALID_INPUT', field });
    expect(await rows('auth_user')).toBe(before);
  });

  test('accepts a name of a hundred characters, however many bytes they have', async () => {
    const firstName = '𝒜'.repeat(100);
    expect(await app.mutate('register', { email: newEmail(), password: DEFAULT_PASSWORD, firstName })).toMatchObject({
      user: { firstName },
    });
  });

  test.each([
    ['a family as an emoji', '\u{1F469}\u200D\u{1F467}'],
    ['a Persian name with a non-joiner', '\u0646\u0627\u0632\u0646\u06CC\u200C\u06AF\u0644'],
    ['a Hebrew name with a mark for its direction', '\u05D3\u05DF.\u200F'],
  ])('accepts %s as a name', async (_what, firstName) => {
    const outcome = await app.mutate('register', { email: newEmail(), password: DEFAULT_PASSWORD, firstName });
    expect(outcome).toMatchObject({ user: { firstName } });
  });

  test.each(['\u200B', '\u3164', ' \u2060 \u200D', ''])('takes the name %j for none', async (firstName) => {
    const outcome = await app.mutate('register', { email: newEmail(), password: DEFAULT_PASSWORD, firstName });
    expect(outcome).toMatchObject({ user: { firstName: null } });
  });

  test('leaves no user behind if the session cannot be stored', async () => {
    await app.database.sql('alter table auth_session rename to auth_session_gone');
    const before = await rows('auth_user');
    const answer = await app.mutation('register', { email: newEmail(), password: DEFAULT_PASSWORD });
    await app.database.sql('alter table auth_session_gone rename to auth_session');
    expect(answer.errors[0]?.extensions.code).toBe('INTERNAL_SERVER_ERROR');
    expect(await rows('auth_user')).toBe(before);
  });
});
