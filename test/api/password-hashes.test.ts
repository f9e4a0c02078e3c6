import { beforeAll, describe, expect, test } from '@jest/globals';
import bcrypt from 'bcrypt';
import type { SignedIn } from '../support/graphql-client.js';
import { createTestApp, type TestApp } from '../support/test-app.js';

const PASSWORD = 'a password from elsewhere';

const COST = 5;

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp({ password: { saltRounds: COST } });
});

/** A user whose hash was made by another program. */
async function migrated(prefix: string, cost: number): Promise<SignedIn & { hash: string }> {
  const user = await app.register();
  const hash = (await bcrypt.hash(PASSWORD, cost)).replace('$2b$', prefix);
  await app.database.sql('update auth_user set password_hash = $2 where id = $1', [user.userId, hash]);
  return { ...user, password: PASSWORD, hash };
}

async function storedHash(userId: string): Promise<string | undefined> {
  const [row] = await app.database.sql<{ hash: string }>('select password_hash as hash from auth_user where id = $1', [
    userId,
  ]);
  return row?.hash;
}

describe.each(['$2a$', '$2b$', '$2y$'])('a hash of the form %s', (prefix) => {
  test('verifies, and stays if it has the current cost', async () => {
    const ada = await migrated(prefix, COST);
    expect((await app.login(ada)).userId).toBe(ada.userId);
    expect(await storedHash(ada.userId)).toBe(ada.hash);
  });

  test('rejects a wrong password', async () => {
    const { email, userId, hash } = await migrated(prefix, 5);
    expect((await app.mutate('login', { email, password: 'wrong' })).__typename).toBe('InvalidCredentialsError');
    expect(await storedHash(userId)).toBe(hash);
  });

  test('of a higher cost is kept', async () => {
    const ada = await migrated(prefix, COST + 2);
    for (let time = 0; time < 2; time += 1) expect((await app.login(ada)).userId).toBe(ada.userId);
    expect(await storedHash(ada.userId)).toBe(ada.hash);
  });

  test('of a lower cost is replaced at login, and the password remains valid', async () => {
    const ada = await migrated(prefix, COST - 1);
    await app.login(ada);
    const replaced = await storedHash(ada.userId);
    expect(replaced).toMatch(/^\$2b\$05\$/);
    expect((await app.login(ada)).userId).toBe(ada.userId);
    expect(await storedHash(ada.userId)).toBe(replaced);
    expect((await app.mutate('login', { email: ada.email, password: 'wrong' })).__typename).toBe(
      'InvalidCredentialsError',
    );
  });

  test('lets its owner change the password', async () => {
    const ada = await migrated(prefix, 5);
    const input = { currentPassword: PASSWORD, newPassword: 'a brand new pass phrase' };
    const outcome = await app.mutate('changePassword', input, { token: ada.accessToken });
    expect(outcome.__typename).toBe('PasswordChanged');
  });
});

test.each([
  ['of another algorithm', '$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ$RdescudvJCsgt3ub+b27ZA'],
  ['cut short', '$2b$05$zyxwvutsrqponmlkjihgfe'],
  ['of an impossible cost', `$2b$99$${'a'.repeat(53)}`],
  ['empty', ''],
])('a hash that is %s rejects every password like a wrong one', async (_name, hash) => {
  const ada = await app.register();
  await app.database.sql('update auth_user set password_hash = $2 where id = $1', [ada.userId, hash]);
  for (const password of [ada.password, hash, ''])
    expect((await app.mutate('login', { email: ada.email, password })).__typename).toBe('InvalidCredentialsError');
});

describe('replacing a hash', () => {
  test('does not end a session', async () => {
    const ada = await migrated('$2b$', 4);
    await app.login(ada);
    expect((await app.me(ada.accessToken)).errors).toEqual([]);
  });

  test('two concurrent logins both succeed, although the first replaces the hash that the second compares', async () => {
    const { email, userId } = await migrated('$2b$', 5);
    let release = (): void => undefined;
    const bothCompared = new Promise<void>((resolve) => (release = resolve));
    let comparing = 0;
    const meeting = await createTestApp({
      database: { url: app.database.url },
      hasher: {
        hash: (password) => bcrypt.hash(password, 4),
        verify: async (password, hash) => {
          const equal = hash !== undefined && (await bcrypt.compare(password, hash));
          comparing += 1;
          if (comparing === 2) release();
          await bothCompared;
          return equal;
        },
        needsRehash: (hash) => bcrypt.getRounds(hash) !== 4,
      },
    });
    const outcomes = await Promise.all([1, 2].map(() => meeting.mutate('login', { email, password: PASSWORD })));
    expect(outcomes.map((outcome) => outcome.__typename)).toEqual(['LoginSuccess', 'LoginSuccess']);
    expect(await storedHash(userId)).toMatch(/^\$2b\$04\$/);
  });

  test('costs no more statements than any login', async () => {
    const { email } = await migrated('$2b$', 4);
    const signIn = (): Promise<unknown> => app.mutate('login', { email, password: PASSWORD });
    const first = await app.database.countStatements(signIn);
    expect(first).toBe(await app.database.countStatements(signIn));
  });
});
