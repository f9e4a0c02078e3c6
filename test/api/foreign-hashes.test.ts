import { argon2Sync, pbkdf2Sync, scryptSync } from 'node:crypto';
import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import bcrypt from 'bcrypt';
import { hashPassword } from 'better-auth/crypto';
import { BcryptHasher } from '../../src/core/credentials/password-hasher.js';
import { systemRandom } from '../../src/platform/random.js';
import type { SignedIn } from '../support/graphql-client.js';
import { createTestApp, type TestApp } from '../support/test-app.js';

const PASSWORD = 'a password from elsewhere';
const SALT = Buffer.from('sixteen bytes ok');
const base64 = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');

function argon2(message: string): string {
  const key = argon2Sync('argon2id', { message, nonce: SALT, parallelism: 1, memory: 1024, passes: 2, tagLength: 32 });
  return `$argon2id$v=19$m=1024,t=2,p=1$${base64(SALT)}$${base64(key)}`;
}

function scrypt(password: string): string {
  return `$scrypt$ln=10,r=8,p=1$${base64(SALT)}$${base64(scryptSync(password, SALT, 32, { N: 1024, r: 8, p: 1 }))}`;
}

function pbkdf2(password: string): string {
  return `$pbkdf2-sha256$i=1000,l=32$${base64(SALT)}$${base64(pbkdf2Sync(password, SALT, 1000, 32, 'sha256'))}`;
}

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});

/** A user whose hash was made by another system. */
async function imported(hash: string, password: string = PASSWORD): Promise<SignedIn> {
  const user = await app.register();
  await setHash(user.userId, hash);
  return { ...user, password };
}

async function setHash(userId: string, hash: string): Promise<void> {
  await app.database.sql('update auth_user set password_hash = $2 where id = $1', [userId, hash]);
}

async function storedHash(userId: string): Promise<string> {
  const [row] = await app.database.sql<{ hash: string }>('select password_hash as hash from auth_user where id = $1', [
    userId,
  ]);
  return row?.hash ?? '';
}

async function outcomeOf(user: Pick<SignedIn, 'email'>, password: string): Promise<string> {
  return (await app.mutate('login', { email: user.email, password })).__typename;
}

describe.each([
  ['argon2id', argon2],
  ['scrypt', scrypt],
  ['PBKDF2', pbkdf2],
])('a hash by %s', (_name, hashOf) => {
  test('is replaced by bcrypt at the first sign-in, and the password stays valid', async () => {
    const ada = await imported(hashOf(PASSWORD));
    expect((await app.login(ada)).userId).toBe(ada.userId);
    const replaced = await storedHash(ada.userId);
    expect(await bcrypt.compare(PASSWORD, replaced)).toBe(true);
    expect((await app.login(ada)).userId).toBe(ada.userId);
    expect(await storedHash(ada.userId)).toBe(replaced);
  });

  test('rejects a wrong password, and stays', async () => {
    const ada = await imported(hashOf(PASSWORD));
    for (const wrong of [`${PASSWORD}x`, '']) expect(await outcomeOf(ada, wrong)).toBe('InvalidCredentialsError');
    expect(await storedHash(ada.userId)).toBe(hashOf(PASSWORD));
  });

  test('of a password that bcrypt would cut signs in and stays', async () => {
    const long = 'x'.repeat(80);
    const ada = await imported(hashOf(long), long);
    for (let time = 0; time < 2; time += 1) expect((await app.login(ada)).userId).toBe(ada.userId);
    expect(await outcomeOf(ada, long.slice(0, 72))).toBe('InvalidCredentialsError');
    expect(await storedHash(ada.userId)).toBe(hashOf(long));
  });

  test('lets its owner change the password, but not to the same one', async () => {
    const ada = await imported(hashOf(PASSWORD));
    const change = (newPassword: string): ReturnType<TestApp['mutate']> =>
      app.mutate('changePassword', { currentPassword: PASSWORD, newPassword }, { token: ada.accessToken });
    expect(await change(PASSWORD)).toMatchObject({ __typename: 'WeakPasswordError', violations: ['REUSED'] });
    expect((await change('a brand new pass phrase')).__typename).toBe('PasswordChanged');
    expect(await outcomeOf(ada, 'a brand new pass phrase')).toBe('LoginSuccess');
  });
});

test("a hash that better-auth made verifies in the form of the guide's recipe", async () => {
  const [salt = '', key = ''] = (await hashPassword(PASSWORD)).split(':');
  const encoded = [base64(Buffer.from(salt)), base64(Buffer.from(key, 'hex'))].join('$');
  const ada = await imported(`$scrypt$ln=14,r=16,p=1$${encoded}`);
  expect((await app.login(ada)).userId).toBe(ada.userId);
});

describe('a password with several Unicode forms', () => {
  const decomposed = 'cafe\u0301 au lait';
  const composed = decomposed.normalize('NFC');

  test.each<[string, (password: string) => string | Promise<string>]>([
    ['another algorithm', argon2],
    ['bcrypt', (password) => bcrypt.hash(password, 4)],
  ])('is accepted as it was typed, and as any equivalent one afterwards: %s', async (_name, hashOf) => {
    const ada = await imported(await hashOf(decomposed), decomposed);
    expect(await outcomeOf(ada, composed)).toBe('InvalidCredentialsError');
    expect((await app.login(ada)).userId).toBe(ada.userId);
    expect(await bcrypt.compare(composed, await storedHash(ada.userId))).toBe(true);
    for (const password of [composed, decomposed]) expect(await outcomeOf(ada, password)).toBe('LoginSuccess');
  });

  test('cannot replace an equivalent one', async () => {
    const ada = await imported(argon2(decomposed), decomposed);
    const input = { currentPassword: decomposed, newPassword: decomposed };
    const outcome = await app.mutate('changePassword', input, { token: ada.accessToken });
    expect(outcome).toMatchObject({ __typename: 'WeakPasswordError', violations: ['REUSED'] });
  });
});

test('replacing a hash costs no more statements than any sign-in', async () => {
  const ada = await imported(argon2(PASSWORD));
  const signIn = (): Promise<unknown> => app.login(ada);
  const first = await app.database.countStatements(signIn);
  expect(first).toBe(await app.database.countStatements(signIn));
});

test('a password that changes during the comparison wins over the replacement', async () => {
  const plain = new BcryptHasher(4, systemRandom);
  const changed = await bcrypt.hash('the new password', 4);
  const racing = await createTestApp({
    database: { url: app.database.url },
    hasher: {
      needsRehash: (hash) => plain.needsRehash(hash),
      verify: (password, hash) => plain.verify(password, hash),
      async hash(password) {
        await setHash(ada.userId, changed);
        return plain.hash(password);
      },
    },
  });
  const ada = await imported(argon2(PASSWORD));
  const outcome = await racing.mutate('login', { email: ada.email, password: PASSWORD });
  expect(outcome.__typename).toBe('InvalidCredentialsError');
  expect(await storedHash(ada.userId)).toBe(changed);
});

test.each([
  ['an unknown account', undefined],
  ['a bcrypt hash', bcrypt.hashSync(PASSWORD, 7)],
  ['a cheaper bcrypt hash', bcrypt.hashSync(PASSWORD, 6)],
  ['a much cheaper bcrypt hash', bcrypt.hashSync(PASSWORD, 4)],
  ['a cheaper hash', pbkdf2(PASSWORD)],
])('a comparison with %s takes the bcrypt work of the current cost, step by step', async (_name, hash) => {
  const hasher = new BcryptHasher(7, systemRandom);
  const library: { compare(plain: string, against: string): Promise<boolean> } = bcrypt;
  const compare = bcrypt.compare;
  const spy = jest.spyOn(library, 'compare');
  for (const password of ['wrong', PASSWORD]) {
    let work = 0;
    let running = 0;
    spy.mockImplementation(async (plain, against) => {
      running += 1;
      expect(running).toBe(1);
      work += 2 ** bcrypt.getRounds(against);
      const matches = await compare(plain, against);
      running -= 1;
      return matches;
    });
    expect(await hasher.verify(password, hash)).toBe(hash !== undefined && password === PASSWORD);
    expect(work).toBe(2 ** 7);
  }
  spy.mockRestore();
});
