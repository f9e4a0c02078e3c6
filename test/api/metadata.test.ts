import { beforeAll, describe, expect, test } from '@jest/globals';
import { InvalidInputError } from '../../src/index.js';
import type { Outcome, SignedIn } from '../support/graphql-client.js';
import { recordingLogger } from '../support/recording-logger.js';
import { createTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let ada: SignedIn;
beforeAll(async () => {
  app = await createTestApp();
  ada = await app.register();
});

async function prefer(preferences: unknown, { accessToken: token } = ada, of = app): Promise<Outcome> {
  return of.mutate('updateProfile', { preferences }, { token });
}

async function preferencesOf({ userId }: SignedIn = ada): Promise<unknown> {
  const [document] = await app.auth.services.metadata.find('preferences', [userId]);
  return document;
}

describe('a document', () => {
  test('changes one key at a time: a value replaces the old one whole, and null removes the key', async () => {
    const user = await app.register();
    await prefer({ theme: { mode: 'dark', contrast: 1 }, language: 'de', beta: true }, user);
    await prefer({ theme: { mode: 'light' }, beta: null, unknown: null }, user);
    expect(await preferencesOf(user)).toEqual({ theme: { mode: 'light' }, language: 'de' });
  });

  test('stays if it is null instead of an object, and the rest of the input counts', async () => {
    const user = await app.register();
    await prefer({ theme: 'dark' }, user);
    const input = { displayName: 'Countess', preferences: null };
    const updated = await app.mutate('updateProfile', input, { token: user.accessToken });
    expect(updated).toMatchObject({ __typename: 'ProfileUpdated' });
    const documents = { publicMetadata: null, privateMetadata: null, preferences: null };
    const { record, changed } = await app.auth.services.profiles.update(user.userId, { locale: 'de', ...documents });
    expect([record.displayName, record.locale, changed]).toEqual(['Countess', 'de', true]);
    expect(await preferencesOf(user)).toEqual({ theme: 'dark' });
  });

  test('keeps the keys of concurrent changes', async () => {
    const user = await app.register();
    const keys = Array.from({ length: 20 }, (_, n) => `key${String(n)}`);
    await Promise.all(keys.map((key) => prefer({ [key]: true }, user)));
    expect(await preferencesOf(user)).toEqual(Object.fromEntries(keys.map((key) => [key, true])));
  });

  const LONG = 'a'.repeat(8000);

  test('is at most 8192 bytes as stored, in total; one byte more changes nothing of the whole call', async () => {
    const user = await app.register({ firstName: 'Ada' });
    await prefer({ a: LONG }, user);
    // The text is {"a": "…", "b": "…"}: eighteen characters and the values.
    const room = 8192 - LONG.length - '{"a": "", "b": ""}'.length;
    const tooMuch = { displayName: 'Eve', preferences: { b: 'b'.repeat(room + 1) } };
    const outcome = await app.mutate('updateProfile', tooMuch, { token: user.accessToken });
    expect(outcome).toMatchObject({ __typename: 'InvalidInputError', field: 'preferences' });
    const [row] = await app.database.sql('select display_name from auth_user where id = $1', [user.userId]);
    expect([row, await preferencesOf(user)]).toEqual([{ display_name: null }, { a: LONG }]);
    await prefer({ b: 'b'.repeat(room) }, user);
    expect(await preferencesOf(user)).toEqual({ a: LONG, b: 'b'.repeat(room) });
    await prefer({ a: null }, user);
    expect(await prefer({ b: 'ä'.repeat(4096) }, user)).toMatchObject({ field: 'preferences' });
  });

  test('has at most 64 keys, in one change or in several', async () => {
    const user = await app.register();
    const keys = (from: number, count: number): object =>
      Object.fromEntries(Array.from({ length: count }, (_, n) => [`k${String(from + n)}`, n]));
    expect(await prefer(keys(0, 65), user)).toMatchObject({ field: 'preferences' });
    expect(await prefer(keys(0, 64), user)).toMatchObject({ __typename: 'ProfileUpdated' });
    expect(await prefer(keys(64, 1), user)).toMatchObject({ field: 'preferences' });
    expect(await prefer({ ...keys(64, 1), k0: null }, user)).toMatchObject({ __typename: 'ProfileUpdated' });
  });

  const nested = (depth: number): unknown => (depth === 0 ? 1 : { a: nested(depth - 1) });

  test.each<[string, unknown]>([
    ['six levels', nested(6)],
    ['a key with a space', { 'a b': 1 }],
    ['an empty key', { '': 1 }],
    ['a key of 65 characters', { ['a'.repeat(65)]: 1 }],
    ['NUL in a value', { a: 'b\u0000' }],
    ['NUL in a nested key', { a: { 'b\u0000': 1 } }],
    ['a key __proto__', JSON.parse('{ "__proto__": { "admin": true } }')],
    ['a nested key __proto__', JSON.parse('{ "a": { "__proto__": { "admin": true } } }')],
    ['a lone surrogate', { a: '\ud800' }],
    ['an integer that is rounded', { a: [2 ** 53] }],
    ['a negative integer that is rounded', { a: -(2 ** 53) }],
  ])('is rejected with %s', async (_what, document) => {
    const before = await preferencesOf();
    expect(await prefer(document)).toMatchObject({ __typename: 'InvalidInputError', field: 'preferences' });
    expect(await preferencesOf()).toEqual(before);
  });

  test('may have any other key of an object', async () => {
    const user = await app.register();
    const document = { constructor: { prototype: { admin: true } }, prototype: 1, toString: 2 };
    await prefer(document, user);
    expect(await preferencesOf(user)).toEqual(document);
    expect({}).not.toHaveProperty('admin');
  });

  test('may have five levels, lists, numbers, and any text', async () => {
    const document = {
      deep: nested(4) as object,
      list: [1, -2.5, 2 ** 53 - 1, [null, false]],
      text: '"\\\u2028😀',
      'a.b-c_D': '',
    };
    await prefer(document);
    expect(await preferencesOf()).toEqual(document);
  });
});

describe('the service', () => {
  const update = (userId: string, change: object): Promise<unknown> =>
    app.auth.services.profiles.update(userId, change);

  test('writes all documents and the profile of any user, as one change', async () => {
    const { userId } = await app.register();
    const documents = { publicMetadata: { team: 'blue' }, privateMetadata: { note: 'x' }, preferences: { a: 1 } };
    await update(userId, { displayName: 'Countess', ...documents });
    for (const [field, document] of Object.entries(documents) as ['preferences', object][])
      expect(await app.auth.services.metadata.find(field, [userId])).toEqual([document]);
    const large = { publicMetadata: { team: 'red' }, privateMetadata: { note: 'a'.repeat(8190) } };
    await expect(update(userId, large)).rejects.toMatchObject({ field: 'privateMetadata' });
    expect(await app.auth.services.metadata.find('publicMetadata', [userId])).toEqual([{ team: 'blue' }]);
  });

  test.each(['no id', '01890a5d-ac96-774b-bcce-b302099a8057'])('rejects an unknown user (%j)', async (userId) => {
    await expect(update(userId, { displayName: 'Eve' })).rejects.toThrow(InvalidInputError);
  });

  test.each<[string, unknown]>([
    ['a list', []],
    ['a text', 'text'],
    ['a Date', { at: new Date(0) }],
    ['a function', { a: () => 1 }],
    ['undefined', { a: undefined }],
    ['NaN', { a: NaN }],
    ['the prototype', JSON.parse('{ "__proto__": { "admin": true } }')],
    ['the prototype, nested', JSON.parse('{ "a": { "__proto__": { "admin": true } } }')],
  ])('rejects %s', async (_what, publicMetadata) => {
    await expect(update(ada.userId, { publicMetadata })).rejects.toMatchObject({ field: 'publicMetadata' });
  });
});

describe('the checks of the application', () => {
  test('decide what is written to each document', async () => {
    const seen: unknown[] = [];
    const strict = await createTestApp({
      metadata: {
        preferences: (changes) => {
          seen.push(changes);
          if (!('theme' in changes)) throw new Error('secret of the application');
        },
        publicMetadata: () => {
          throw new Error('never');
        },
      },
    });
    const user = await strict.register();
    const rejected = await prefer({ other: 1 }, user, strict);
    expect(rejected).toMatchObject({ __typename: 'InvalidInputError', field: 'preferences' });
    expect(rejected.message).not.toContain('secret');
    expect(await prefer({ theme: 'dark', other: null }, user, strict)).toMatchObject({ __typename: 'ProfileUpdated' });
    expect(seen).toEqual([{ other: 1 }, { theme: 'dark' }]);
    const { profiles } = strict.auth.services;
    await expect(profiles.update(user.userId, { publicMetadata: { a: 1 } })).rejects.toMatchObject({
      field: 'publicMetadata',
    });
    await profiles.update(user.userId, { privateMetadata: { a: 1 } });
  });

  test('that return a promise store nothing, and its rejection does not end the process', async () => {
    const { lines, logger } = recordingLogger();
    const rejected = async (): Promise<never> => Promise.reject(new Error('too late'));
    const strict = await createTestApp({ logger, metadata: { preferences: rejected, publicMetadata: ({ a }) => a } });
    const user = await strict.register();
    const { errors } = await strict.mutation('updateProfile', { preferences: { a: 1 } }, { token: user.accessToken });
    expect(errors[0]?.extensions.code).toBe('INTERNAL_SERVER_ERROR');
    expect(lines().map(({ message }) => message)).toContainEqual(
      expect.stringContaining('the check of preferences must not return a promise'),
    );
    const { metadata, profiles } = strict.auth.services;
    expect(await metadata.find('preferences', [user.userId])).toEqual([{}]);
    // JSON of a user is no promise.
    await profiles.update(user.userId, { publicMetadata: { a: { then: 1 } } });
  });

  test.each<[object, string]>([
    [{ metadata: 'none' }, 'metadata is not an object'],
    [{ metadata: { preference: () => 1 } }, 'metadata.preference is unknown; use one of publicMetadata'],
    [{ metadata: { preferences: 1 } }, 'metadata.preferences is not a function'],
    [{ claimsMetadata: 'yes' }, 'claimsMetadata must be true or false'],
  ])('that are mistakes are rejected at start: %j', async (options, problem) => {
    await expect(createTestApp(options)).rejects.toThrow(problem);
  });
});

describe('the claims hook', () => {
  const claims = ({ publicMetadata }: { publicMetadata?: object }): { plan: string } => ({
    plan: publicMetadata === undefined ? 'none' : JSON.stringify(publicMetadata),
  });
  const planOf = ({ tokens }: Outcome): unknown =>
    (JSON.parse(Buffer.from(tokens?.accessToken.split('.')[1] ?? '', 'base64url').toString()) as { plan: string }).plan;

  test('gets the public metadata only if it is told so, at sign-in and at every refresh', async () => {
    for (const claimsMetadata of [true, false]) {
      const own = await createTestApp({ claims, claimsMetadata });
      const user = await own.register();
      const seen = [planOf(await own.refresh(user.refreshToken))];
      await own.auth.services.profiles.update(user.userId, { publicMetadata: { plan: 'pro' } });
      const signedIn = await own.mutate('login', { email: user.email, password: user.password });
      const refreshToken = signedIn.tokens?.refreshToken ?? '';
      const refreshed = await own.refresh(refreshToken);
      // Within the grace period, the same token gets the same pair.
      seen.push(planOf(signedIn), planOf(refreshed), planOf(await own.refresh(refreshToken)));
      const pro = '{"plan":"pro"}';
      expect(seen).toEqual(claimsMetadata ? ['{}', pro, pro, pro] : Array(4).fill('none'));
      // BEGIN, the rotation and COMMIT, because of the hook.
      const again = refreshed.tokens?.refreshToken ?? '';
      expect(await own.database.countStatements(() => own.refresh(again))).toBe(3);
    }
  });
});
