import { beforeAll, describe, expect, test } from '@jest/globals';
import { createAuthSubgraph, type AuthSubgraphOptions } from '../../src/subgraph.js';
import type { SignedIn } from '../support/graphql-client.js';
import { createTestApp, TEST_SECRET, type TestApp } from '../support/test-app.js';
import { ConfigError } from '../../src/platform/options/config-error.js';

const REQUIRED = {
  'Mutation.changeEmail': ['account:write', 'profile'],
  'Mutation.revokeAllSessions': ['account:write'],
  'Query.me': ['profile'],
};

describe.each([false, true])('required scopes, with authDirectives %s', (authDirectives) => {
  let app: TestApp;
  beforeAll(async () => {
    app = await createTestApp({ requiredScopes: REQUIRED, authDirectives });
  });

  /** A user whose token has these scopes. */
  async function userWith(...roles: string[]): Promise<SignedIn> {
    const user = await app.register();
    await app.auth.services.roles.set(user.userId, roles);
    return app.login(user);
  }

  test.each([[[]], [['account:write']], [['profile']], [['account', 'profile:write', 'PROFILE', 'Account:write']]])(
    'a token with the scopes %j is rejected if two others are required, and nothing is changed',
    async (roles) => {
      const ada = await userWith(...roles);
      const input = { newEmail: 'new@example.com', currentPassword: ada.password };
      const statements = await app.database.countStatements(async () => {
        const answer = await app.mutation('changeEmail', input, { token: ada.accessToken });
        expect(answer.data).toEqual({ changeEmail: null });
        expect(answer.errors).toEqual([
          expect.objectContaining({
            path: ['changeEmail'],
            extensions: { code: 'FORBIDDEN', scopes: ['account:write', 'profile'] },
          }),
        ]);
      });
      expect(statements).toBe(0);
    },
  );

  test('a token with all of them is accepted', async () => {
    const ada = await userWith('profile', 'other', 'account:write');
    const input = { newEmail: 'new@example.com', currentPassword: ada.password };
    const answer = await app.mutate('changeEmail', input, { token: ada.accessToken });
    expect(answer.__typename).toBe('MailRequested');
    expect((await app.me(ada.accessToken)).data).toMatchObject({ me: { id: ada.userId } });
  });

  test('a rejection does not affect its siblings', async () => {
    const ada = await userWith();
    const answer = await app.request('{ me { id } __typename }', {}, { token: ada.accessToken });
    expect(answer.data).toEqual({ me: null, __typename: 'Query' });
    expect(answer.errors[0]?.extensions).toEqual({ code: 'FORBIDDEN', scopes: ['profile'] });
  });

  test('an anonymous caller is told to sign in, not which scopes are missing', async () => {
    for (const token of [undefined, 'nonsense']) {
      const answer = await app.mutation('revokeAllSessions', undefined, { token });
      expect(answer.errors[0]?.extensions).toMatchObject({ code: 'UNAUTHENTICATED' });
      expect(answer.errors[0]?.extensions).not.toHaveProperty('scopes');
    }
  });

  test('a field without required scopes needs only a signed-in user, and a public field nobody', async () => {
    const ada = await userWith();
    expect((await app.mutation('revokeOtherSessions')).errors[0]?.extensions.code).toBe('UNAUTHENTICATED');
    const answer = await app.mutate('revokeOtherSessions', undefined, { token: ada.accessToken });
    expect(answer.__typename).toBe('SessionsRevoked');
    expect((await app.refresh(ada.refreshToken)).user?.email).toBe(ada.email);
  });

  test("after a login, the new token's scopes apply to the rest of the operation", async () => {
    const ada = await userWith('account:write');
    const stranger = await userWith();
    const query = `mutation ($input: LoginInput!) {
      login(input: $input) { ... on LoginSuccess { user { email roles } } }
      revokeAllSessions { __typename }
    }`;
    const { email, password } = ada;
    const granted = await app.request(query, { input: { email, password } }, { token: stranger.accessToken });
    expect(granted.errors).toEqual([]);
    expect(granted.data).toEqual({
      login: { user: { email, roles: ['account:write'] } },
      revokeAllSessions: { __typename: 'SessionsRevoked' },
    });
    const input = { email: stranger.email, password: stranger.password };
    const again = await userWith('account:write');
    const refused = await app.request(query, { input }, { token: again.accessToken });
    expect(refused.errors.map(({ path, extensions }) => [path, extensions.code])).toEqual([
      [['revokeAllSessions'], 'FORBIDDEN'],
    ]);
  });
});

describe('scopes cannot be required', () => {
  async function problemsOf(requiredScopes: unknown): Promise<string[]> {
    // Refused before the database is asked for anything: there is none here.
    const database = { url: 'postgresql://nobody@127.0.0.1:1/none' };
    const options = {
      environment: 'test',
      jwt: { secret: TEST_SECRET },
      database,
      requiredScopes,
    } as AuthSubgraphOptions;
    const error: unknown = await createAuthSubgraph(options).catch((thrown: unknown) => thrown);
    if (!(error instanceof ConfigError)) throw error;
    for (const { problem } of error.problems) expect(problem).toMatch(/; .*write/);
    return error.problems.map(({ path }) => path);
  }

  test.each([
    'Mutation.login',
    'Mutation.logOut',
    'Query.Mutation',
    'me',
    'User.email',
    'Query._entities',
    'Query._service',
    'Query.constructor',
    '',
  ])('of %j, which is public or no root field', async (field) => {
    expect(await problemsOf({ [field]: ['profile'] })).toEqual([`requiredScopes.${field}`]);
  });

  test.each([[['two words']], [['']], [[]], [['a"b']], [[7]], ['profile'], [null]])(
    'invalid scopes are rejected: %j',
    async (scopes) => {
      const [path = ''] = await problemsOf({ 'Query.me': scopes });
      expect(path).toMatch(/^requiredScopes\.Query\.me/);
    },
  );

  test('and every mistake is listed at once', async () => {
    expect(await problemsOf({ 'Mutation.login': ['a'], 'Query.you': ['a'], 'Query.me': ['a'] })).toEqual([
      'requiredScopes.Mutation.login',
      'requiredScopes.Query.you',
    ]);
  });
});
