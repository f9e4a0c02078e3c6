import { spawnSync } from 'node:child_process';
import { argon2Sync, pbkdf2Sync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import bcrypt from 'bcrypt';
import { hashPassword } from 'better-auth/crypto';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { blocksOf, readPage } from '../support/pages.js';
import { createTestApp, type TestApp } from '../support/test-app.js';
import { CollectedLines, sourceOf } from '../support/user-lines.js';

const PAGE = 'docs/guides/import.md';
const PASSWORD = 'correct horse battery staple';
const BCRYPT = bcrypt.hashSync(PASSWORD, 4);
const PICTURED = { displayName: 'The Countess', photoUrl: 'https://images.example.com/a.png' };
const PROFILE = { display_name: 'The Countess', avatar_url: 'https://images.example.com/a.png' };
const SALT = Buffer.from('sixteen bytes ok');
const base64 = (bytes: Buffer): string => bytes.toString('base64');

let app: TestApp;
let folder: string;
let source: TestDatabase;
beforeAll(async () => {
  app = await createTestApp();
  source = await createTestDatabase({ empty: true });
  folder = await mkdtemp(join(tmpdir(), 'auth-subgraph-recipes-'));
});
afterAll(async () => {
  await source.drop();
  await rm(folder, { recursive: true });
});

/** The code that the page has its reader save under a name. */
function recipe(file: string): string {
  const [, after = ''] = readPage(PAGE).split(`Save this as \`${file}\``);
  const [, code = ''] = /```(?:js|sql)\n([\s\S]*?)```/.exec(after) ?? [];
  return code;
}

async function runProgram(file: string, input: string, env: Record<string, string> = {}): Promise<string> {
  const path = join(folder, file);
  await writeFile(path, recipe(file));
  const { stdout, stderr } = spawnSync(process.execPath, [path], { input, env, encoding: 'utf8' });
  expect(stderr).toBe('');
  return stdout;
}

async function runQuery(file: string, tables: string): Promise<string> {
  await source.sql(tables);
  const rows = await source.sql(recipe(file));
  return rows.map((row) => JSON.stringify(Object.values(row)[0])).join('\n');
}

/** Imports lines of a recipe, none of which may be rejected. */
async function importLines(lines: string, count: number): Promise<void> {
  const rejectedLines = new CollectedLines();
  const { imported } = await app.auth.services.userImport.import(sourceOf(lines), {
    ...{ batchSize: 100, onConflict: 'fail', dryRun: false, restart: false, onProgress: () => undefined },
    rejectedLines,
  });
  expect({ imported, rejected: rejectedLines.lines }).toEqual({ imported: count, rejected: [] });
}

async function userOf(email: string): Promise<Record<string, unknown>> {
  const [row] = await app.database.sql(`select * from auth_user where email = '${email}'`);
  return row ?? {};
}

/** Imports users, the first of whom has the address and the password. */
async function expectSignIn(lines: string, email: string, count = 1, password = PASSWORD): Promise<void> {
  await importLines(lines, count);
  expect((await app.login({ email, password })).email).toBe(email);
}

test('the line that the guide shows is imported with every field', async () => {
  const [example] = blocksOf(PAGE, 'json');
  await expectSignIn(JSON.stringify(JSON.parse(example?.code ?? '')), 'ada@example.com');
  expect(await userOf('ada@example.com')).toMatchObject({ first_name: 'Ada', roles: ['editor'] });
});

describe('the recipe', () => {
  test('for Auth0', async () => {
    const more = { _id: { $oid: '1' }, tenant: 'example', connection: 'Username-Password-Authentication' };
    const user = { ...more, email: 'auth0@example.com', email_verified: true, passwordHash: BCRYPT, given_name: 'Ada' };
    await expectSignIn(await runProgram('from-auth0.mjs', `${JSON.stringify(user)}\n`), user.email);
    expect(await userOf(user.email)).toMatchObject({ first_name: 'Ada', email_verified_at: expect.any(Date) });
  });

  test('for Clerk', async () => {
    const csv = [
      'id,first_name,last_name,username,primary_email_address,verified_email_addresses,password_digest,password_hasher',
      `user_1,"Ada ""Countess""","Lovelace, King",,clerk@example.com,other@example.com|clerk@example.com,${BCRYPT},bcrypt`,
      'user_2,,,,clerk-2@example.com,,,',
    ].join('\r\n');
    await expectSignIn(await runProgram('from-clerk.mjs', csv), 'clerk@example.com', 2);
    expect(await userOf('clerk@example.com')).toMatchObject({
      ...{ first_name: 'Ada "Countess"', last_name: 'Lovelace, King', email_verified_at: expect.any(Date) },
    });
    expect(await userOf('clerk-2@example.com')).toMatchObject({ password_hash: null, email_verified_at: null });
  });

  test('for Firebase', async () => {
    const key = 'jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==';
    const hash = 'lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==';
    const times = { createdAt: '1672531200000', lastSignedInAt: '1704067200000' };
    const users = [
      {
        localId: 'a',
        email: 'fire@example.com',
        emailVerified: true,
        passwordHash: hash,
        salt: '42xEC+ixf3L2lw==',
        ...PICTURED,
      },
      { localId: 'b', email: 'fire-2@example.com', emailVerified: false, disabled: true, photoUrl: 'http://a.example' },
    ].map((user) => ({ ...user, ...times }));
    const lines = await runProgram('from-firebase.mjs', JSON.stringify({ users }), { FIREBASE_SIGNER_KEY: key });
    await expectSignIn(lines, 'fire@example.com', 2, 'user1password');
    expect(await userOf('fire@example.com')).toMatchObject(PROFILE);
    expect(await userOf('fire-2@example.com')).toMatchObject({
      ...{
        avatar_url: null,
        display_name: null,
        active: false,
        password_hash: null,
        created_at: new Date(1_672_531_200_000),
      },
    });
  });

  test('for Keycloak', async () => {
    const argon2 = argon2Sync('argon2id', {
      ...{ message: PASSWORD, nonce: SALT, memory: 7168, passes: 5, parallelism: 1, tagLength: 32 },
    });
    const pbkdf2 = pbkdf2Sync(PASSWORD, SALT, 27_500, 64, 'sha256');
    const ofKeycloak = (email: string, value: Buffer, credentialData: object): object => ({
      ...{ id: crypto.randomUUID(), email, username: email, enabled: true, emailVerified: true, firstName: 'Ada' },
      createdTimestamp: 1_672_531_200_000,
      realmRoles: ['default-roles-example', 'editor'],
      credentials: [
        {
          type: 'password',
          secretData: JSON.stringify({ value: base64(value), salt: base64(SALT), additionalParameters: {} }),
          credentialData: JSON.stringify(credentialData),
        },
      ],
    });
    const more = { hashLength: ['32'], memory: ['7168'], type: ['id'], version: ['1.3'], parallelism: ['1'] };
    const users: object[] = [
      ofKeycloak('key@example.com', argon2, { hashIterations: 5, algorithm: 'argon2', additionalParameters: more }),
      ofKeycloak('key-2@example.com', pbkdf2, { hashIterations: 27_500, algorithm: 'pbkdf2-sha256' }),
      { id: crypto.randomUUID(), email: 'key-3@example.com', username: 'key-3', enabled: true, emailVerified: false },
    ];
    const lines = await runProgram('from-keycloak.mjs', JSON.stringify({ realm: 'example', users }));
    await expectSignIn(lines, 'key@example.com', 3);
    expect((await app.login({ email: 'key-2@example.com', password: PASSWORD })).email).toBe('key-2@example.com');
    expect(await userOf('key@example.com')).toMatchObject({ first_name: 'Ada', roles: ['editor'] });
  });

  test('for Supabase', async () => {
    const lines = await runQuery(
      'from-supabase.sql',
      `create schema auth;
      create table auth.users (id uuid, email varchar(255), email_confirmed_at timestamptz, encrypted_password
        varchar(255), banned_until timestamptz, created_at timestamptz, last_sign_in_at timestamptz,
        deleted_at timestamptz, raw_user_meta_data jsonb);
      insert into auth.users values
        (gen_random_uuid(), 'supa@example.com', '2024-01-01 10:00:00.123456+02', '${BCRYPT}', null, '2024-01-01', null, null,
          '{"full_name": "The Countess", "avatar_url": "https://images.example.com/a.png"}'),
        (gen_random_uuid(), 'supa-2@example.com', null, '', '2999-01-01', '2024-01-01', '2024-01-02', null,
          '{"name": "Bob", "avatar_url": "http://images.example.com/b.png"}'),
        (gen_random_uuid(), null, null, '', null, '2024-01-01', null, null, null)`,
    );
    await expectSignIn(lines, 'supa@example.com', 2);
    expect(await userOf('supa@example.com')).toMatchObject({ email_verified_at: new Date('2024-01-01T08:00:00.123Z') });
    expect(await userOf('supa@example.com')).toMatchObject(PROFILE);
    expect(await userOf('supa-2@example.com')).toMatchObject({
      ...{ active: false, password_hash: null, display_name: 'Bob', avatar_url: null },
    });
  });

  test('for better-auth', async () => {
    const lines = await runQuery(
      'from-better-auth.sql',
      `create table "user" (id text, email text, "emailVerified" boolean, "createdAt" timestamptz, name text,
        image text);
      create table account ("userId" text, "providerId" text, password text);
      insert into "user" values
        ('a', 'better@example.com', true, '2024-01-01', 'The Countess', 'https://images.example.com/a.png'),
        ('b', 'better-2@example.com', false, '2024-01-01', 'Bob', 'data:image/png;base64,AA==');
      insert into account values ('a', 'github', null), ('a', 'credential', '${await hashPassword(PASSWORD)}')`,
    );
    await expectSignIn(lines, 'better@example.com', 2);
    expect(await userOf('better@example.com')).toMatchObject(PROFILE);
    expect(await userOf('better-2@example.com')).toMatchObject({ password_hash: null, avatar_url: null });
  });

  test('for a table of your own', async () => {
    const lines = await runQuery(
      'from-users.sql',
      `create table users (email text, email_verified boolean, password_hash text, first_name text, last_name text,
        is_active boolean, created_at timestamp);
      insert into users values ('own@example.com', true, '${BCRYPT}', 'Ada', null, true, '2024-01-01')`,
    );
    await expectSignIn(lines, 'own@example.com');
  });
});
