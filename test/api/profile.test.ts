import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { allDelivered } from '../support/deliveries.js';
import { DEFAULT_PASSWORD, newEmail, type Outcome, type SignedIn } from '../support/graphql-client.js';
import { createTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let ada: SignedIn;
beforeAll(async () => {
  app = await createTestApp();
  ada = await app.register({ firstName: 'Ada' });
});

interface Profile {
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly displayName: string | null;
  readonly avatarUrl: string | null;
  readonly locale: string | null;
  readonly publicMetadata: Record<string, unknown>;
  readonly preferences: Record<string, unknown>;
}

async function profileOf({ accessToken: token }: SignedIn, of = app): Promise<Profile> {
  const query = '{ me { firstName lastName displayName avatarUrl locale publicMetadata preferences } }';
  const { data, errors } = await of.request<{ me: Profile }>(query, {}, { token });
  expect(errors).toEqual([]);
  return data.me;
}

async function update(input: object, { accessToken: token }: SignedIn = ada, of = app): Promise<Outcome> {
  return of.mutate('updateProfile', input, { token });
}

async function updates(userId: string): Promise<string[][]> {
  const rows = await app.database.sql<{ fields: string[] }>(
    `select payload -> 'fields' as fields from auth_outbox
     where name = 'ProfileUpdated' and payload ->> 'userId' = $1 order by id`,
    [userId],
  );
  return rows.map(({ fields }) => fields);
}

describe('updateProfile', () => {
  test('changes the fields that it is given, clears those that are null, and keeps the others', async () => {
    const user = await app.register({ firstName: 'Ada' });
    const given = { lastName: ' Lovelace ', displayName: 'Countess', avatarUrl: 'https://images.example.com/a.png' };
    expect(await update({ ...given, locale: 'de-at' }, user)).toMatchObject({ __typename: 'ProfileUpdated' });
    const names = { firstName: 'Ada', lastName: 'Lovelace', displayName: 'Countess' };
    const rest = { avatarUrl: given.avatarUrl, locale: 'de-AT', publicMetadata: {}, preferences: {} };
    expect(await profileOf(user)).toEqual({ ...names, ...rest });
    await update({ firstName: null, avatarUrl: null }, user);
    expect(await profileOf(user)).toEqual({ ...names, ...rest, firstName: null, avatarUrl: null });
  });

  test('writes one event with the fields that have changed, and none if everything stays', async () => {
    const user = await app.register({ firstName: 'Ada' });
    await update({ firstName: 'Ada', displayName: 'Countess', preferences: { theme: 'dark' } }, user);
    await update({ firstName: 'Ada', preferences: { theme: 'dark', other: null } }, user);
    await update({}, user);
    await update({ preferences: { other: null } }, await app.login(user));
    expect(await updates(user.userId)).toEqual([['displayName', 'preferences']]);
  });

  test('costs one statement', async () => {
    const input = { displayName: 'Countess', locale: 'en', preferences: { theme: 'light' } };
    expect(await app.database.countStatements(() => update(input))).toBe(1);
  });

  test('returns the documents as the mutation leaves them', async () => {
    const user = await app.register();
    const change = (theme: string): string =>
      `updateProfile(input: { preferences: { theme: "${theme}" } }) { ... on ProfileUpdated { user { preferences } } }`;
    const { data } = await app.request(
      `mutation { a: ${change('dark')} b: ${change('light')} }`,
      {},
      {
        token: user.accessToken,
      },
    );
    const shown = (theme: string): object => ({ user: { preferences: { theme } } });
    expect(data).toEqual({ a: shown('dark'), b: shown('light') });
  });

  test.each<[string, object, string]>([
    ['a picture that is not https', { avatarUrl: 'http://example.com/a.png' }, 'avatarUrl'],
    ['a picture with a user name', { avatarUrl: 'https://me@example.com/a.png' }, 'avatarUrl'],
    ['a script as a picture', { avatarUrl: 'javascript:alert(1)' }, 'avatarUrl'],
    ['a picture without slashes', { avatarUrl: 'https:example.com/a.png' }, 'avatarUrl'],
    ['a picture of 2049 characters', { avatarUrl: `https://example.com/${'a'.repeat(2029)}` }, 'avatarUrl'],
    ['a picture that grows beyond 2048', { avatarUrl: `https://example.com/${'ä'.repeat(1000)}` }, 'avatarUrl'],
    ['no language tag', { locale: 'english please' }, 'locale'],
    ['a language tag of 36 characters', { locale: 'en-x-aaaaaaaa-aaaaaaaa-aaaaaaaa-aaaa' }, 'locale'],
    ['a display name of 101 characters', { displayName: 'a'.repeat(101) }, 'displayName'],
    ['a display name with a control character', { displayName: 'a\u0007' }, 'displayName'],
  ])('rejects %s, and changes nothing', async (_what, wrong, field) => {
    const before = await profileOf(ada);
    const outcome = await update({ firstName: 'Eve', ...wrong });
    expect(outcome).toMatchObject({ __typename: 'InvalidInputError', code: 'AUTH_INVALID_INPUT', field });
    expect(await profileOf(ada)).toEqual(before);
  });

  test('accepts pictures only from the hosts that are configured', async () => {
    const strict = await createTestApp({ profile: { avatarHosts: 'images.example.com, localhost:8443' } });
    const user = await strict.register();
    for (const host of ['example.com', 'images.example.com.evil.example', 'localhost', 'images.example.com:8443'])
      expect(await update({ avatarUrl: `https://${host}/a` }, user, strict)).toMatchObject({ field: 'avatarUrl' });
    for (const host of ['IMAGES.example.com', 'localhost:8443'])
      expect(await update({ avatarUrl: `https://${host}/a` }, user, strict)).toMatchObject({
        __typename: 'ProfileUpdated',
      });
  });

  test.each(['https://images.example.com', '*.example.com', 'bücher.example', 'a.example, B.example'])(
    'cannot be allowed from the hosts %j',
    async (avatarHosts) => {
      await expect(createTestApp({ profile: { avatarHosts } })).rejects.toThrow(
        'profile.avatarHosts must hold host names in lower case and in ASCII (`xn--…`), without `*`',
      );
    },
  );

  test('requires a live session', async () => {
    const user = await app.register();
    await app.mutate('logout', undefined, { token: user.accessToken });
    for (const token of [user.accessToken, undefined]) {
      const { errors } = await app.mutation('updateProfile', { displayName: 'Eve' }, { token });
      expect(errors[0]?.extensions.code).toBe('UNAUTHENTICATED');
    }
    const [row] = await app.database.sql('select display_name from auth_user where id = $1', [user.userId]);
    expect(row).toEqual({ display_name: null });
  });

  test('has no field for what the user must not change', async () => {
    for (const field of ['publicMetadata', 'privateMetadata', 'roles', 'active', 'email', 'emailVerified', 'id']) {
      const { errors } = await app.mutation('updateProfile', { [field]: {} }, { token: ada.accessToken });
      expect(errors[0]?.message).toContain(`Field "${field}" is not defined`);
    }
  });

  test('is limited per session', async () => {
    const limited = await createTestApp({ rateLimits: { updateProfile: 'account 1/10m' } });
    const user = await limited.register();
    expect(await update({ displayName: 'One' }, user, limited)).toMatchObject({ __typename: 'ProfileUpdated' });
    expect(await update({ displayName: 'Two' }, user, limited)).toMatchObject({ __typename: 'TooManyRequestsError' });
  });

  test('is in the audit trail with the names of the fields, and not their values', async () => {
    const own = await createTestApp({ background: true });
    const user = await own.register();
    await update({ displayName: 'Countess', preferences: { theme: 'dark' } }, user, own);
    await allDelivered(own);
    const rows = await own.database.sql(
      `select user_id, actor_kind, details from auth_security_event where name = 'ProfileUpdated'`,
    );
    const details = { fields: ['displayName', 'preferences'] };
    expect(rows).toEqual([{ user_id: user.userId, actor_kind: 'USER', details }]);
  });
});

describe('the profile', () => {
  test('shows display name, picture and public metadata to everyone who can see the user, and the rest to the user', async () => {
    const user = await app.register();
    await update(
      { displayName: 'Countess', locale: 'fr', avatarUrl: 'https://example.com/a', preferences: { a: 1 } },
      user,
    );
    await app.auth.services.profiles.update(user.userId, {
      publicMetadata: { team: 'blue' },
      privateMetadata: { b: 2 },
    });
    const query = `{ _entities(representations: [{ __typename: "User", id: "${user.userId}" }]) {
      ... on User { displayName avatarUrl publicMetadata locale preferences } } }`;
    const open = { displayName: 'Countess', avatarUrl: 'https://example.com/a', publicMetadata: { team: 'blue' } };
    for (const token of [ada.accessToken, undefined]) {
      const { data, errors } = await app.request(query, {}, { token });
      expect(data).toEqual({ _entities: [{ ...open, locale: null, preferences: null }] });
      expect(errors.map(({ extensions }) => extensions.code)).toEqual(['FORBIDDEN', 'FORBIDDEN']);
    }
    const own = await app.request(query, {}, { token: user.accessToken });
    expect(own.data).toEqual({ _entities: [{ ...open, locale: 'fr', preferences: { a: 1 } }] });
  });

  test('can be given at registration', async () => {
    const input = { email: newEmail(), password: DEFAULT_PASSWORD, displayName: 'Countess', locale: 'DE' };
    const { tokens } = await app.mutate('register', input);
    const user = { accessToken: tokens?.accessToken ?? '' } as SignedIn;
    expect(await profileOf(user)).toMatchObject({ displayName: 'Countess', locale: 'de' });
    const wrong = await app.mutate('register', { ...input, email: newEmail(), locale: '?' });
    expect(wrong).toMatchObject({ __typename: 'InvalidInputError', field: 'locale' });
  });

  test('is that of the registration whose link is followed', async () => {
    const strict = await createTestApp({ registration: { requireEmailVerification: true }, background: true });
    const email = newEmail();
    const claim = async (displayName: string, locale: string, count: number): Promise<string> => {
      await strict.mutate('register', { email, password: DEFAULT_PASSWORD, displayName, locale });
      await allDelivered(strict);
      const token = await strict.mailer.token(email, 'verify-email', count);
      strict.clock.advance(61);
      return token;
    };
    const [, second] = [await claim('Eve', 'fr', 1), await claim('Ada', 'de', 2)];
    await strict.mutate('verifyEmail', { token: second });
    expect(await profileOf(await strict.login({ email, password: DEFAULT_PASSWORD }), strict)).toMatchObject({
      displayName: 'Ada',
      locale: 'de',
    });
  });
});

test('emails are written in the locale of the user, from the first one', async () => {
  const templatesFolder = mkdtempSync(join(tmpdir(), 'templates-'));
  mkdirSync(join(templatesFolder, 'de'));
  writeFileSync(join(templatesFolder, 'de', 'verify-email.subject.eta'), 'Adresse bestätigen');
  const own = await createTestApp({ mail: { templatesFolder }, background: true });
  rmSync(templatesFolder, { recursive: true });
  const subjects = await Promise.all(
    ['de-AT', undefined].map(async (locale) => {
      const email = newEmail();
      await own.mutate('register', { email, password: DEFAULT_PASSWORD, locale });
      return (await own.mailer.next(email, 'verify-email')).subject;
    }),
  );
  expect(subjects).toEqual(['Adresse bestätigen', 'Confirm your email address for our service']);
});

describe('reading documents', () => {
  const times = (count: number, field: string): string =>
    Array.from({ length: count }, (_, n) => `f${String(n)}: ${field}`).join(' ');

  test.each([
    ['me without documents', '{ me { displayName avatarUrl locale } }', 1],
    ['one document under many aliases', `{ me { ${times(20, 'preferences')} } }`, 2],
    ['both documents', '{ me { preferences publicMetadata } }', 3],
  ])('%s costs as many statements as documents are selected', async (_name, query, statements) => {
    const count = await app.database.countStatements(() => app.request(query, {}, { token: ada.accessToken }));
    expect(count).toBe(statements);
  });

  test('of many users costs one statement', async () => {
    const users = await Promise.all(Array.from({ length: 5 }, () => app.register()));
    for (const [n, { userId }] of users.entries())
      await app.auth.services.profiles.update(userId, { publicMetadata: { n } });
    const representations = users.map(({ userId: id }) => ({ __typename: 'User', id }));
    const query = `query ($r: [_Any!]!) { _entities(representations: $r) { ... on User { publicMetadata } } }`;
    const count = await app.database.countStatements(async () => {
      const { data } = await app.request(query, { r: representations });
      expect(data).toEqual({ _entities: users.map((_user, n) => ({ publicMetadata: { n } })) });
    });
    expect(count).toBe(2);
  });
});
