import { beforeAll, describe, expect, test } from '@jest/globals';
import { TABLES } from '../../src/features.js';
import { connect, migrate } from '../../src/platform/database/orm.js';
import { createTestApp, type TestApp } from '../support/test-app.js';
import { claimsOf } from '../support/token-claims.js';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});

const seconds = (): number => Math.floor(app.clock.now().getTime() / 1000);

describe('an access token says how and when its user authenticated', () => {
  test('at registration and at login', async () => {
    const ada = await app.register();
    const said = { amr: ['pwd'], acr: '1', auth_time: seconds() };
    expect(claimsOf(ada.accessToken)).toMatchObject(said);
    app.clock.advance(60);
    expect(claimsOf((await app.login(ada)).accessToken)).toMatchObject({ ...said, auth_time: seconds() });
  });

  test('and a refresh does not change the time', async () => {
    const ada = await app.register();
    const since = seconds();
    app.clock.advance(600);
    const { tokens } = await app.refresh(ada.refreshToken);
    const claims = claimsOf(tokens?.accessToken);
    expect(claims).toMatchObject({ amr: ['pwd'], acr: '1', auth_time: since, iat: since + 600 });
  });

  test('and claims of your application cannot change it', async () => {
    const own = await createTestApp({
      claims: (_user, { amr, authenticatedAt }) => ({ how: [...amr], at: authenticatedAt.getTime() }),
    });
    const { accessToken } = await own.register();
    expect(claimsOf(accessToken)).toMatchObject({ how: ['pwd'], at: own.clock.now().getTime(), amr: ['pwd'] });
    const wrong = await createTestApp({ claims: () => ({ amr: ['mfa'] }) });
    const answer = await wrong.mutation('register', { email: 'ada@example.com', password: 'correct horse battery' });
    expect(answer.errors[0]?.extensions.code).toBe('INTERNAL_SERVER_ERROR');
  });
});

test('a session from before this was stored counts as opened with a password when it was created', async () => {
  const before = await createTestApp();
  const { url } = before.database;
  const ada = await before.register();
  const since = Math.floor(before.clock.now().getTime() / 1000);
  const orm = connect({ url, poolSize: 1, tables: TABLES });
  await orm.migrator.down({ to: 'open-sessions' });
  await orm.close();
  expect(await columns(before)).not.toContain('amr');
  await migrate(url, TABLES);
  before.clock.advance(120);
  const after = await createTestApp({ database: { url }, clock: before.clock });
  const { tokens } = await after.refresh(ada.refreshToken);
  expect(claimsOf(tokens?.accessToken)).toMatchObject({ amr: ['pwd'], acr: '1', auth_time: since });
  expect((await after.me(tokens?.accessToken)).data).toMatchObject({ me: { email: ada.email } });
});

async function columns({ database }: TestApp): Promise<string[]> {
  const rows = await database.sql<{ name: string }>(
    `select column_name as name from information_schema.columns where table_name = 'auth_session'`,
  );
  return rows.map(({ name }) => name);
}

describe('an account without a password', () => {
  test('is rejected at login like a wrong password, with the same statements', async () => {
    const { email, password } = await app.register();
    const login = async (given: string): Promise<{ code: string | undefined; statements: number }> => {
      let code: string | undefined;
      const statements = await app.database.countStatements(async () => {
        ({ code } = await app.mutate('login', { email, password: given }));
      });
      return { code, statements };
    };
    const wrong = await login('wrong');
    await app.database.sql(`update auth_user set password_hash = null where email = '${email}'`);
    expect(await login(password)).toEqual(wrong);
    expect(wrong.code).toBe('AUTH_INVALID_CREDENTIALS');
  });
});

test('logging out costs one statement', async () => {
  const { accessToken } = await app.register();
  const logout = async (): Promise<unknown> => app.mutate('logout', undefined, { token: accessToken });
  expect(await app.database.countStatements(logout)).toBe(1);
});
