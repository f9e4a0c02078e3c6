import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import bcrypt from 'bcrypt';
import { openImportFile } from '../../src/features/user-import/import-file.js';
import { RejectedFile } from '../../src/features/user-import/rejected-file.js';
import type { ImportOptions, ImportSource } from '../../src/features/user-import/user-import.service.js';
import { newEmail } from '../support/graphql-client.js';
import { createTestApp, type TestApp } from '../support/test-app.js';
import { CollectedLines, importUser, sourceOf } from '../support/user-lines.js';

const PASSWORD = 'a password from elsewhere';
const HASH = bcrypt.hashSync(PASSWORD, 4);

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});

interface Outcome {
  readonly imported: number;
  readonly skipped: number;
  readonly rejected: number;
  readonly problems: readonly object[];
}

async function importText(text: string | Buffer, options: Partial<ImportOptions> = {}): Promise<Outcome> {
  const rejectedLines = new CollectedLines();
  const outcome = await app.auth.services.userImport.import(sourceOf(text), {
    ...{ batchSize: 100, onConflict: 'skip', dryRun: false, restart: false, onProgress: () => undefined },
    rejectedLines,
    ...options,
  });
  return { ...outcome, problems: rejectedLines.lines };
}

async function importUsers(users: readonly object[], options?: Partial<ImportOptions>): Promise<Outcome> {
  return importText(users.map((user) => JSON.stringify(user)).join('\n'), options);
}

async function rowOf(email: string): Promise<Record<string, unknown> | undefined> {
  const [row] = await app.database.sql('select * from auth_user where email = $1', [email]);
  return row;
}

describe('an imported user', () => {
  test('signs in with the password of the other system, and has every field', async () => {
    const email = newEmail();
    const id = '01890a5d-ac96-774b-bcce-b302099a8057';
    const user = {
      ...{ id, email: ` ${email.toUpperCase()}`, emailVerified: '2024-02-01T10:00:00Z', passwordHash: HASH },
      ...{ firstName: ' Ada ', lastName: 'Lovelace', roles: ['editor', 'editor'], active: true },
      ...{ createdAt: '2023-01-01T00:00:00+02:00', lastLoginAt: '2025-05-05T05:05:05.005Z' },
    };
    expect(await importUsers([user])).toMatchObject({ imported: 1, skipped: 0, rejected: 0 });
    expect(await rowOf(email)).toMatchObject({
      ...{ id, email, password_hash: HASH, first_name: 'Ada', last_name: 'Lovelace', roles: ['editor'], active: true },
      email_verified_at: new Date('2024-02-01T10:00:00Z'),
      created_at: new Date('2022-12-31T22:00:00Z'),
      last_login_at: new Date('2025-05-05T05:05:05.005Z'),
    });
    expect((await app.login({ email, password: PASSWORD })).userId).toBe(id);
  });

  test('needs only an address, and is active, unverified and without a password', async () => {
    const email = newEmail();
    const nulls = { id: null, passwordHash: null, firstName: null, roles: null, active: null, createdAt: null };
    expect(await importUsers([{ email, ...nulls }])).toMatchObject({ imported: 1, rejected: 0 });
    expect(await rowOf(email)).toMatchObject({ active: true, email_verified_at: null, password_hash: null, roles: [] });
    expect(await app.mutate('login', { email, password: PASSWORD })).toMatchObject({
      __typename: 'InvalidCredentialsError',
    });
  });

  test('without a password chooses one with a reset', async () => {
    const sending = await createTestApp({ database: { url: app.database.url }, background: true });
    const email = newEmail();
    await importUsers([{ email }]);
    await sending.mutate('forgotPassword', { email });
    const token = await sending.mailer.token(email, 'reset-password');
    await sending.mutate('resetPassword', { token, newPassword: PASSWORD });
    expect((await sending.login({ email, password: PASSWORD })).email).toBe(email);
    await sending.auth.close();
  });

  test.each([
    ['its salt', 28],
    ['its hash', 59],
  ])('signs in with a bcrypt hash that has unused bits set in %s', async (_name, at) => {
    const email = newEmail();
    const alphabet = './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
    const strayed = alphabet.charAt(alphabet.indexOf(HASH.charAt(at)) + 1);
    const passwordHash = HASH.slice(0, at) + strayed + HASH.slice(at + 1);
    expect(await bcrypt.compare(PASSWORD, passwordHash)).toBe(false);
    await importUsers([{ email, passwordHash }]);
    expect((await app.login({ email, password: PASSWORD })).email).toBe(email);
  });

  test('that was verified at an unknown time counts as verified since the account was created', async () => {
    const email = newEmail();
    await importUsers([{ email, emailVerified: true, createdAt: '2023-01-01T00:00:00Z' }]);
    expect(await rowOf(email)).toMatchObject({ email_verified_at: new Date('2023-01-01T00:00:00Z') });
  });

  test('that is inactive cannot sign in', async () => {
    const email = newEmail();
    await importUsers([{ email, passwordHash: HASH, active: false }]);
    expect((await app.mutate('login', { email, password: PASSWORD })).__typename).toBe('InvalidCredentialsError');
  });

  test('causes no event and no email', async () => {
    const count = 'select count(*)::int as events from auth_outbox';
    const before = await app.database.sql(count);
    await importUsers([{ email: newEmail(), passwordHash: HASH }]);
    expect(await app.database.sql(count)).toEqual(before);
  });
});

describe('a line that cannot be imported', () => {
  const email = 'refused@example.com';
  test.each<[string, string, { field: string | null; problem: unknown }]>([
    ['is not JSON', '{', { field: null, problem: 'is not a JSON object' }],
    ['is a list', '[]', { field: null, problem: 'is not a JSON object' }],
    ['is null', 'null', { field: null, problem: 'is not a JSON object' }],
    ['has no address', '{"firstName":"Ada"}', { field: 'email', problem: 'is missing' }],
    ['has a malformed address', '{"email":"ada"}', { field: 'email', problem: 'is not an email address' }],
    ['has an address that is a number', '{"email":1}', { field: 'email', problem: 'must be text' }],
    ['has an unknown field', `{"email":"${email}","phone":"1"}`, { field: 'phone', problem: 'is not a field' }],
    [
      'has a plain password',
      `{"email":"${email}","password":"correct horse"}`,
      { field: 'password', problem: 'is not a field' },
    ],
    [
      'has a document that is a list',
      `{"email":"${email}","preferences":[]}`,
      { field: 'preferences', problem: expect.stringContaining('object of JSON values') },
    ],
    [
      'has a document with an unusable key',
      `{"email":"${email}","publicMetadata":{"two words":1}}`,
      { field: 'publicMetadata', problem: expect.stringContaining('keys') },
    ],
    [
      'has a document with an integer that JavaScript rounds',
      `{"email":"${email}","privateMetadata":{"discord":{"id":852134567890123457}}}`,
      { field: 'privateMetadata', problem: expect.stringContaining('as text') },
    ],
    [
      'has a document that only becomes too large when it is stored',
      `{"email":"${email}","privateMetadata":{"numbers":[${Array.from({ length: 30 }, () => '1e-300').join()}]}}`,
      { field: 'privateMetadata', problem: expect.stringContaining('8192 bytes') },
    ],
    [
      'has the id of another system',
      `{"email":"${email}","id":"auth0|123"}`,
      { field: 'id', problem: 'must be a UUID; leave it out to get a new one' },
    ],
    [
      'has the nil UUID',
      `{"email":"${email}","id":"00000000-0000-0000-0000-000000000000"}`,
      { field: 'id', problem: 'must not be the nil UUID' },
    ],
    [
      'has a role that is no list',
      `{"email":"${email}","roles":"a"}`,
      { field: 'roles', problem: 'must be a list of strings' },
    ],
    [
      'has a hash of an unknown algorithm',
      `{"email":"${email}","passwordHash":"5f4dcc3b5aa765d61d8327deb882cf99"}`,
      { field: 'passwordHash', problem: expect.stringMatching(/^must be a bcrypt hash, or start with/) },
    ],
    [
      'has a bcrypt hash of a high cost',
      `{"email":"${email}","passwordHash":"${HASH.replace('$04$', '$16$')}"}`,
      { field: 'passwordHash', problem: expect.stringContaining('at most 15') },
    ],
    [
      'has a bcrypt hash of a faulty implementation',
      `{"email":"${email}","passwordHash":"${HASH.replace('$2b$', '$2x$')}"}`,
      { field: 'passwordHash', problem: expect.stringMatching(/^must be a bcrypt hash/) },
    ],
    [
      'has a time without a zone',
      `{"email":"${email}","createdAt":"2023-01-01 00:00:00"}`,
      { field: 'createdAt', problem: 'must be an instant such as 2026-11-24T08:30:00Z' },
    ],
    [
      'was created in the year 0',
      `{"email":"${email}","createdAt":"0000-01-01T00:00:00Z"}`,
      { field: 'createdAt', problem: expect.stringContaining('must be an instant') },
    ],
    [
      'was created in the future',
      `{"email":"${email}","createdAt":"2999-01-01T00:00:00Z"}`,
      { field: 'createdAt', problem: 'is in the future' },
    ],
    [
      'has a sign-in in the future',
      `{"email":"${email}","lastLoginAt":"2999-01-01T00:00:00Z"}`,
      { field: 'lastLoginAt', problem: 'is in the future' },
    ],
    [
      'was verified in the future',
      `{"email":"${email}","emailVerified":"2999-01-01T00:00:00Z"}`,
      { field: 'emailVerified', problem: 'is in the future' },
    ],
    [
      'has a name with a NUL',
      `{"email":"${email}","firstName":"a\\u0000b"}`,
      { field: 'firstName', problem: 'Contains characters that are not allowed in a name.' },
    ],
    [
      'has an invalid role',
      `{"email":"${email}","roles":["two words"]}`,
      { field: 'roles', problem: expect.stringMatching(/^A role is/) },
    ],
    [
      'is too long',
      `{"email":"${email}","firstName":"${'x'.repeat(2 ** 17)}"}`,
      { field: null, problem: 'is longer than 128 KiB' },
    ],
    ['has a prototype', `{"email":"${email}","__proto__":{}}`, { field: '__proto__', problem: 'is not a field' }],
  ])('is rejected with its number, the others are imported: it %s', async (_name, line, problem) => {
    const [before, after] = [newEmail(), newEmail()];
    const text = [JSON.stringify({ email: before }), line, JSON.stringify({ email: after })].join('\n');
    const outcome = await importText(text);
    expect(outcome).toMatchObject({ imported: 2, rejected: 1, problems: [{ line: 2, ...problem }] });
    expect(await rowOf(before)).toBeDefined();
    expect(await rowOf(after)).toBeDefined();
    expect(await rowOf(email)).toBeUndefined();
    expect(JSON.stringify(outcome.problems)).not.toContain(HASH.slice(7));
  });
});

describe('lines', () => {
  test('that are not UTF-8 are rejected, and the others are imported', async () => {
    const [ada, bob] = [newEmail(), newEmail()];
    const text = `{"email":"${ada}","lastName":"Müller"}\n{"email":"${bob}"}\n`;
    const problems = [{ line: 1, email: null, field: null, problem: 'is not UTF-8' }];
    expect(await importText(Buffer.from(text, 'latin1'))).toMatchObject({ imported: 1, rejected: 1, problems });
    expect(await rowOf(ada)).toBeUndefined();
    expect(await importText(text)).toMatchObject({ imported: 1, skipped: 1 });
    expect(await rowOf(ada)).toMatchObject({ last_name: 'Müller' });
  });

  test('may be empty, end like on Windows, and start with a byte order mark', async () => {
    const [ada, bob] = [newEmail(), newEmail()];
    const text = `\uFEFF{"email":"${ada}","lastName":"Łovelace"}\r\n\r\n{"email":"${bob}"}\r\n`;
    expect(await importText(text)).toMatchObject({ imported: 2, rejected: 0, line: 3 });
    expect(await rowOf(ada)).toMatchObject({ last_name: 'Łovelace' });
  });
});

describe('a taken address or id', () => {
  test('is skipped, and the account stays as it is', async () => {
    const ada = await app.register();
    const before = await rowOf(ada.email);
    const users = [
      { email: ada.email, firstName: 'Eve', passwordHash: HASH },
      { email: newEmail(), id: ada.userId },
    ];
    expect(await importUsers(users)).toMatchObject({ imported: 0, skipped: 2, rejected: 0 });
    expect(await rowOf(ada.email)).toEqual(before);
  });

  test('is skipped too if an earlier line of the same batch has it', async () => {
    const id = '01890a5d-ac96-774b-bcce-b302099a8058';
    const email = newEmail();
    const users = [{ email, id }, { email }, { email: newEmail(), id }];
    expect(await importUsers(users)).toMatchObject({ imported: 1, skipped: 2 });
  });

  test.each([1, 2, 100])('of a line that is skipped is free for later ones, in batches of %i', async (batchSize) => {
    const { userId: taken } = await app.register();
    const [one, two] = [newEmail(), newEmail()];
    const [free, other] = [crypto.randomUUID(), crypto.randomUUID()];
    const users = [
      ...[
        { id: taken, email: one },
        { id: taken, email: two },
      ],
      ...[
        { id: free, email: one },
        { id: free, email: two },
        { id: other, email: one },
        { id: other, email: two },
      ],
    ];
    const expected = { imported: 2, skipped: 4, rejected: 0 };
    expect(await importUsers(users, { batchSize, dryRun: true })).toMatchObject(expected);
    expect(await importUsers(users, { batchSize })).toMatchObject(expected);
    expect([(await rowOf(one))?.['id'], (await rowOf(two))?.['id']]).toEqual([free, other]);
  });

  test('stops the import on request, with the number of the line, and its batch is not stored', async () => {
    const { email } = await app.register();
    const [first, second] = [newEmail(), newEmail()];
    const users = [{ email: first }, { email: second }, { email }];
    const importing = importUsers(users, { onConflict: 'fail', batchSize: 1 });
    await expect(importing).rejects.toThrow('The address or id of line 3 is taken.');
    expect(await rowOf(second)).toBeDefined();
    const another = newEmail();
    await expect(importUsers([{ email: another }, { email }], { onConflict: 'fail' })).rejects.toThrow('line 2');
    expect(await rowOf(another)).toBeUndefined();
  });
});

test.each([1, 2, 100])('a dry run reports the same and stores nothing, in batches of %i', async (batchSize) => {
  const { email, userId } = await app.register();
  const [fresh, other] = [newEmail(), newEmail()];
  const id = crypto.randomUUID();
  const users = [
    ...[{ email }, { email: fresh, id }, { email: fresh }, { email: 'nonsense' }],
    ...[
      { email: newEmail(), id: userId },
      { email: other, id },
      { email: newEmail(), id: id.toUpperCase() },
    ],
  ];
  const expected = { imported: 1, skipped: 5, rejected: 1 };
  expect(await importUsers(users, { batchSize, dryRun: true })).toMatchObject(expected);
  await expect(importUsers(users.slice(1), { batchSize, dryRun: true, onConflict: 'fail' })).rejects.toThrow('line 2');
  expect(await rowOf(fresh)).toBeUndefined();
  expect(await importUsers(users, { batchSize })).toMatchObject(expected);
});

/** Imports a file, and lists rejected lines in another one. */
async function importWith(from: ImportSource, rejectedLines: RejectedFile, batchSize: number): Promise<Outcome> {
  const options = { dryRun: false, restart: false, onConflict: 'fail', onProgress: () => undefined } as const;
  try {
    const outcome = await app.auth.services.userImport.import(from, { ...options, batchSize, rejectedLines });
    return { ...outcome, problems: [] };
  } finally {
    await rejectedLines.close();
  }
}

test('a second import of a file takes over, and the first one stops without writing rejected lines', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'auth-subgraph-import-'));
  const path = join(folder, 'users.jsonl');
  const bad = (n: number): string => `{"email":"nobody ${String(n)}"}`;
  await writeFile(path, [bad(1), `{"email":"${newEmail()}"}`, bad(3), bad(4), bad(5)].join('\n'));
  const source = await openImportFile(path);
  const importFile = (from: ImportSource, batchSize: number): Promise<Outcome> =>
    importWith(from, new RejectedFile(join(folder, 'rejected.jsonl')), batchSize);
  let second: Outcome | undefined;
  const interrupted: ImportSource = {
    identity: source.identity,
    async *read(from) {
      let count = 0;
      for await (const line of source.read(from)) {
        if ((count += 1) === 3) second = await importFile(source, 1);
        yield line;
      }
    },
  };
  await expect(importFile(interrupted, 2)).rejects.toThrow('Another process has taken over the import of this file.');
  expect(second).toMatchObject({ imported: 1, skipped: 0, rejected: 4 });
  const rejected = await readFile(join(folder, 'rejected.jsonl'), 'utf8');
  expect(rejected.match(/"line":\d/g)).toEqual(['"line":1', '"line":3', '"line":4', '"line":5']);
  await rm(folder, { recursive: true });
});

test('a line that was rejected and can be imported by now is not listed, and is counted', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'auth-subgraph-import-'));
  const path = join(folder, 'users.jsonl');
  const list = join(folder, 'rejected.jsonl');
  const soon = new Date(app.clock.now().getTime() + 3_600_000).toISOString();
  await writeFile(path, `{"email":"${newEmail()}","createdAt":"${soon}"}\n{"email":"nobody"}\n`);
  const again = async (): Promise<Outcome> => importWith(await openImportFile(path), new RejectedFile(list), 1);
  expect(await again()).toMatchObject({ rejected: 2, unlisted: 0 });
  app.clock.advance(7_200);
  expect(await again()).toMatchObject({ wasFinished: true, imported: 0, rejected: 2, unlisted: 1 });
  app.clock.advance(-7_200);
  expect((await readFile(list, 'utf8')).match(/"line":\d/g)).toEqual(['"line":2']);
  await rm(folder, { recursive: true });
});

test('a file is not overwritten by its own rejected lines', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'auth-subgraph-import-'));
  const path = join(folder, 'users.jsonl');
  const text = `{"email":"${newEmail()}"}\n`;
  await writeFile(path, text);
  await symlink(path, join(folder, 'link.jsonl'));
  const importTo = async (rejected: string): Promise<Outcome> =>
    importWith(await openImportFile(path), new RejectedFile(rejected, path), 1);
  for (const rejected of [path, join(folder, 'link.jsonl')])
    await expect(importTo(rejected)).rejects.toThrow('Name another file with --rejected.');
  expect(await readFile(path, 'utf8')).toBe(text);
  expect(await importTo(join(folder, 'rejected.jsonl'))).toMatchObject({ imported: 1 });
  await rm(folder, { recursive: true });
});

test('a batch costs one statement and the two of its transaction', async () => {
  const users = Array.from({ length: 300 }, () => ({ email: newEmail() }));
  expect(await app.database.countStatements(() => importUsers(users))).toBe(9);
});

/** As much as a document can hold besides its other keys. */
const LARGEST = '"'.repeat((8192 - '{"text": "", "limit": 0.000000001, "theme": "dark"}'.length) / 2);

test.each([
  '0001-01-01T00:00:00.000Z',
  '0069-12-31T23:59:59.123Z',
  '0099-06-01T00:00:00.000Z',
  '0100-01-01T00:00:00.000Z',
])('the instant %s is that everywhere', async (instant) => {
  const own = await createTestApp();
  const email = newEmail();
  const user = { email, passwordHash: HASH, createdAt: instant, lastLoginAt: instant, emailVerified: instant };
  await importUser(own, user);
  const lines: string[] = [];
  const write = (batch: readonly string[]): Promise<void> => {
    lines.push(...batch);
    return Promise.resolve();
  };
  await own.auth.services.userExport.export({ withPasswordHashes: false, write });
  const written = { createdAt: instant, lastLoginAt: instant };
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ ...written, emailVerified: instant });
  const expected = { createdAt: new Date(instant), lastLoginAt: new Date(instant), emailVerifiedAt: new Date(instant) };
  expect(await own.auth.services.accounts.find(email)).toMatchObject(expected);
  const { users } = await own.auth.services.userLists.list(undefined, { filter: {}, first: 1 });
  expect(users[0]?.record).toMatchObject(expected);
  const { accessToken: token } = await own.login({ email, password: PASSWORD });
  const { data } = await own.request('{ me { createdAt } }', {}, { token });
  expect(data).toEqual({ me: { createdAt: instant } });
});

test('an import of an export gives the same users', async () => {
  const other = await createTestApp();
  const password_hash = HASH;
  await importUsers([
    { email: newEmail(), passwordHash: password_hash, roles: ['a', 'b'], active: false, emailVerified: true },
    { email: newEmail(), firstName: 'Ada', lastName: 'Lovelace', lastLoginAt: '2025-05-05T05:05:05.005Z' },
    { email: newEmail(), displayName: 'Countess', avatarUrl: 'https://images.example.com/a.png', locale: 'de-AT' },
    { email: newEmail(), publicMetadata: { plan: 'pro' }, privateMetadata: { notes: ['ä', 1.25e-7, { a: null }] } },
    { email: newEmail(), preferences: { theme: 'dark', limit: 1e-9, text: LARGEST }, privateMetadata: {} },
  ]);
  const lines: string[] = [];
  const write = (some: readonly string[]): Promise<void> => Promise.resolve(void lines.push(...some));
  await app.auth.services.userExport.export({ withPasswordHashes: true, write });
  await other.auth.services.userImport.import(sourceOf(lines.join('\n'), 5_000), {
    ...{ batchSize: 10, onConflict: 'fail', dryRun: false, restart: false, onProgress: () => undefined },
    rejectedLines: new CollectedLines(),
  });
  const users = `select id, email, password_hash, first_name, last_name, display_name, avatar_url, locale,
    email_verified_at, active, created_at, last_login_at, roles, to_jsonb(m) as documents from auth_user u left join auth_user_metadata m on m.user_id = u.id
    order by id`;
  expect(await other.database.sql(users)).toEqual(await app.database.sql(users));
});

test('an export contains no password hash unless it is asked for', async () => {
  await importUsers([{ email: newEmail(), passwordHash: HASH }]);
  const lines: string[] = [];
  const write = (some: readonly string[]): Promise<void> => Promise.resolve(void lines.push(...some));
  const count = await app.auth.services.userExport.export({ withPasswordHashes: false, write });
  expect(lines).toHaveLength(count);
  expect(lines.join('\n')).not.toMatch(/passwordHash|\$2b\$/);
});

test('an export leaves out closed accounts, but not deactivated ones', async () => {
  const [ada, bob] = [await app.register(), await app.register()];
  await app.auth.services.accountClosing.close(ada.email);
  await app.auth.services.accounts.deactivate(bob.email);
  const lines: string[] = [];
  const write = (some: readonly string[]): Promise<void> => Promise.resolve(void lines.push(...some));
  await app.auth.services.userExport.export({ withPasswordHashes: false, write });
  expect(lines.join('\n')).not.toContain(ada.email);
  expect(lines.join('\n')).toContain(bob.email);
});

test('an export of password hashes is an event, and one without them is none', async () => {
  const { userExport } = app.auth.services;
  const events = (): Promise<object[]> =>
    app.database.sql(`select payload from auth_outbox where name = 'PasswordHashesExported' order by id`);
  const before = (await events()).length;
  await userExport.export({ withPasswordHashes: false, write: () => Promise.resolve() });
  expect(await events()).toHaveLength(before);
  // The ids of events of one instant are in no order.
  app.clock.advance(1);
  const count = await userExport.export({ withPasswordHashes: true, write: () => Promise.resolve() });
  expect(count).toBeGreaterThan(0);
  expect((await events()).at(-1)).toEqual({ payload: { estimatedCount: count } });
  expect(await events()).toHaveLength(before + 1);
});
