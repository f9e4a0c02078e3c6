import { generateKeyPairSync } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { InvalidInputError } from '../../src/core/errors/errors.js';
import { RolesChanged } from '../../src/features/roles/role.events.js';
import type { SignedIn } from '../support/graphql-client.js';
import { createTestApp, type TestApp } from '../support/test-app.js';
import { claimsOf } from '../support/token-claims.js';
import { until } from '../support/until.js';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});

async function setRoles(userId: string, ...roles: string[]): Promise<void> {
  await app.auth.services.roles.set(userId, roles);
}

async function rolesOf(token: string): Promise<unknown> {
  return (await app.request<{ me: { roles: unknown } }>('{ me { roles } }', {}, { token })).data.me.roles;
}

/** Whether a verifier that has heard of the change refuses the token. */
async function isStale(token: string, userId: string): Promise<boolean> {
  const [row] = await app.database.sql<{ since: Date | null }>(
    'select tokens_not_before as since from auth_user where id = $1',
    [userId],
  );
  return Number(claimsOf(token)['iat']) * 1000 < (row?.since?.getTime() ?? 0);
}

async function refreshed({ refreshToken }: Pick<SignedIn, 'refreshToken'>): Promise<string> {
  return (await app.refresh(refreshToken)).tokens?.accessToken ?? '';
}

describe('roles', () => {
  test('a new user has none, and their token has no scope', async () => {
    const ada = await app.register();
    expect(await rolesOf(ada.accessToken)).toEqual([]);
    expect(claimsOf(ada.accessToken)).not.toHaveProperty('scope');
  });

  test('are visible to the user at once, and are the scopes of the next token', async () => {
    const ada = await app.register();
    await setRoles(ada.userId, 'editor', 'account:write', 'editor');
    expect(await rolesOf(ada.accessToken)).toEqual(['editor', 'account:write']);
    expect(claimsOf(await refreshed(ada))['scope']).toBe('editor account:write');
    expect(claimsOf((await app.login(ada)).accessToken)['scope']).toBe('editor account:write');
    await setRoles(ada.userId);
    expect(await rolesOf(ada.accessToken)).toEqual([]);
  });

  test('that change often within a second leave a token that is fresh, and older ones stale, whatever the time', async () => {
    const own = await createTestApp({ admin: { schema: 'included' } });
    const ada = await own.register();
    own.clock.advance((1600 - own.clock.now().getMilliseconds()) / 1000);
    const list = async (token: unknown): Promise<number> =>
      (await own.request('{ adminUsers { nodes { id } } }', {}, { token: String(token) })).errors.length;
    const set = async (...roles: string[]): Promise<unknown> => own.auth.services.roles.set(ada.userId, roles);
    let accepted = 0;
    let refusal: unknown;
    let before: unknown;
    while (accepted < 70 && refusal === undefined) {
      before = (await own.login(ada)).accessToken;
      await set('auth:users:read', `role-${String(accepted)}`).then(
        () => (accepted += 1),
        (error: unknown) => (refusal = error),
      );
    }
    expect(accepted).toBeGreaterThanOrEqual(15);
    expect(refusal).toEqual(
      new InvalidInputError(
        'roles',
        'The roles of this user have just changed too often, or a clock is wrong. Try again in a few seconds.',
      ),
    );
    expect(await list(before)).toBe(0);
    // Nothing changes, so nothing is rejected.
    await set('auth:users:read', `role-${String(accepted - 1)}`);
    own.clock.advance(1);
    await set('auth:users:read');
    expect(await list(before)).toBe(1);
    own.clock.advance(-3_600);
    await set('auth:users:read', 'editor');
    const [row] = await own.database.sql<{ since: Date }>(
      'select tokens_not_before as since from auth_user where id = $1',
      [ada.userId],
    );
    expect(row?.since.getMilliseconds()).toBe(0);
    expect(row?.since.getTime()).toBeLessThanOrEqual(own.clock.now().getTime() + 30_000);
    const token = (await own.refresh(ada.refreshToken)).tokens?.accessToken;
    expect((await own.request('{ adminUsers { nodes { id } } }', {}, { token })).errors).toEqual([]);
  });

  test('are set in one statement, with the event', async () => {
    const ada = await app.register();
    expect(await app.database.countStatements(() => setRoles(ada.userId, 'editor'))).toBe(1);
    const [event] = await app.database.sql(`select payload from auth_outbox where name = 'RolesChanged'
      and payload ->> 'userId' = '${ada.userId}'`);
    expect(event).toEqual({ payload: { userId: ada.userId, roles: ['editor'] } });
  });

  test('a listener is notified of a change, but not if they stay the same', async () => {
    const listening = await createTestApp();
    const heard: (readonly string[])[] = [];
    listening.auth.events.on(RolesChanged, ({ roles }) => void heard.push(roles));
    await listening.auth.start();
    const { userId } = await listening.register();
    for (const roles of [['editor'], ['editor'], [], []]) await listening.auth.services.roles.set(userId, roles);
    await until(() => heard.length >= 2, 'both events');
    expect([...heard].sort()).toEqual([[], ['editor']]);
  });

  test.each<[string, string[]]>([
    ['that is empty', ['']],
    ['with a space', ['two words']],
    ['with a quotation mark', ['a"b']],
    ['with a backslash', ['a\\b']],
    ['with a NUL', ['a\u0000']],
    ['beyond ASCII', ['rédacteur']],
    ['of 65 characters', ['x'.repeat(65)]],
    ['too many', Array.from({ length: 51 }, (_value, n) => `role-${String(n)}`)],
    ['of more than a token holds', Array.from({ length: 20 }, (_value, n) => `${String(n)}-${'x'.repeat(60)}`)],
  ])('one %s is rejected, and nothing changes', async (_name, roles) => {
    const ada = await app.register();
    await setRoles(ada.userId, 'editor');
    await expect(app.auth.services.roles.set(ada.userId, ['good', ...roles])).rejects.toThrow(InvalidInputError);
    expect(await rolesOf(ada.accessToken)).toEqual(['editor']);
  });

  test.each(['01890a5d-ac96-774b-bcce-b302099a8057', 'no id', ''])(
    'of an unknown user (%j) are rejected',
    async (userId) => {
      await expect(setRoles(userId, 'editor')).rejects.toThrow('The user does not exist.');
      expect(await app.database.sql(`select from auth_outbox where payload ->> 'userId' = '${userId}'`)).toEqual([]);
    },
  );

  test('the maximum number fits the longest token', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 4096 });
    const key = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
    const long = await createTestApp({ jwt: { keys: [key], issuer: 'ä'.repeat(200), audience: 'ä'.repeat(200) } });
    const ada = await long.register();
    const roles = Array.from({ length: 50 }, (_value, n) => `${String(n).padStart(2, '0')}-${'x'.repeat(16)}`);
    await long.auth.services.roles.set(ada.userId, [...roles.slice(0, 49), 'y'.repeat(20)]);
    const { tokens } = await long.refresh(ada.refreshToken);
    expect(String(claimsOf(tokens?.accessToken)['scope']).length).toBe(1000);
    expect((await long.me(tokens?.accessToken)).errors).toEqual([]);
  });
});

describe('an access token', () => {
  test('is revoked once the roles have changed, and the next one of the same second is not', async () => {
    const ada = await app.register();
    await setRoles(ada.userId, 'editor');
    expect(await isStale(ada.accessToken, ada.userId)).toBe(true);
    const next = await refreshed(ada);
    expect(await isStale(next, ada.userId)).toBe(false);
    expect((await app.me(next)).errors).toEqual([]);
    app.clock.advance(10);
    expect(await isStale((await app.login(ada)).accessToken, ada.userId)).toBe(false);
  });

  test('is revoked if it was issued at the very instant of the change, at the start of a second', async () => {
    // Half a millisecond more, which a Date cuts off.
    app.clock.advance((1000.5 - app.clock.now().getMilliseconds()) / 1000);
    expect(app.clock.now().getMilliseconds()).toBe(0);
    const ada = await app.register();
    await setRoles(ada.userId, 'editor');
    expect(await isStale(ada.accessToken, ada.userId)).toBe(true);
  });

  test('that was issued between two changes in one second is revoked too', async () => {
    const ada = await app.register();
    await setRoles(ada.userId, 'editor', 'admin');
    const between = await app.login(ada);
    await setRoles(ada.userId, 'editor');
    expect(await isStale(between.accessToken, ada.userId)).toBe(true);
    expect(await isStale(await refreshed(between), ada.userId)).toBe(false);
  });

  test('is the same if a refresh is repeated, but differs if the roles have changed meanwhile', async () => {
    const ada = await app.register();
    await setRoles(ada.userId, 'editor');
    const first = await refreshed(ada);
    expect(await refreshed(ada)).toBe(first);
    await setRoles(ada.userId, 'admin');
    const second = await refreshed(ada);
    expect(claimsOf(second)).toMatchObject({ sid: ada.sessionId, scope: 'admin' });
    expect(claimsOf(second)['jti']).not.toBe(claimsOf(first)['jti']);
  });

  test('of a user whose roles have not changed stays valid', async () => {
    const ada = await app.register();
    await setRoles(ada.userId);
    expect(await isStale(ada.accessToken, ada.userId)).toBe(false);
  });
});
