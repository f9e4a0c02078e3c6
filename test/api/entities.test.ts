import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Answer, SignedIn } from '../support/graphql-client.js';
import { createTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let ada: SignedIn;
beforeAll(async () => {
  app = await createTestApp();
  ada = await app.register({ firstName: 'Ada' });
});

interface Entities {
  _entities: (Record<string, unknown> | null)[];
}

async function entities(representations: unknown[], fields: string, token?: string): Promise<Answer<Entities>> {
  const query = `query ($representations: [_Any!]!) {
    _entities(representations: $representations) { ... on User { ${fields} } }
  }`;
  return app.request<Entities>(query, { representations }, { token });
}

function reference(id: unknown, more: object = {}): object {
  return { __typename: 'User', id, ...more };
}

const PRIVATE_FIELDS = [
  'email',
  'emailVerified',
  'active',
  'createdAt',
  'lastLoginAt',
  'roles',
  'sessions { id }',
  'preferences',
  'securityEvents { nodes { id } }',
];

describe('_entities', () => {
  test('shows names to every caller', async () => {
    const answer = await entities([reference(ada.userId)], 'id firstName lastName');
    expect(answer.data).toEqual({ _entities: [{ id: ada.userId, firstName: 'Ada', lastName: null }] });
  });

  test.each(PRIVATE_FIELDS)('hides %s from other users and anonymous callers, with FORBIDDEN', async (field) => {
    const stranger = await app.register();
    const name = field.split(' ')[0] ?? '';
    for (const token of [stranger.accessToken, undefined]) {
      const answer = await entities([reference(ada.userId)], `firstName ${field}`, token);
      expect(answer.data._entities).toEqual([{ firstName: 'Ada', [name]: null }]);
      expect(answer.errors[0]).toMatchObject({ path: ['_entities', 0, name], extensions: { code: 'FORBIDDEN' } });
    }
  });

  test.each(PRIVATE_FIELDS)('shows %s only to the user', async (field) => {
    const answer = await entities([reference(ada.userId)], field, ada.accessToken);
    expect(answer.errors).toEqual([]);
    expect(answer.data._entities[0]?.[field.split(' ')[0] ?? '']).not.toBeNull();
  });

  test('hides private fields once the session has ended', async () => {
    const grace = await app.register();
    await app.mutate('logout', undefined, { token: grace.accessToken });
    const answer = await entities([reference(grace.userId)], 'id email', grace.accessToken);
    expect(answer.data._entities).toEqual([{ id: grace.userId, email: null }]);
    expect(answer.errors[0]?.extensions).toEqual({ code: 'FORBIDDEN', reason: 'SESSION_ENDED' });
  });

  test('returns null for unknown and malformed ids, next to the known ones', async () => {
    const ids = [ada.userId, '01890a5d-ac96-774b-bcce-b302099a8057', 'no id', '', 7, null, { id: ada.userId }, ['x']];
    const answer = await entities([...ids.map((id) => reference(id)), { __typename: 'User' }], 'id');
    expect(answer.errors).toEqual([]);
    expect(answer.data._entities).toEqual([{ id: ada.userId }, ...Array<null>(8).fill(null)]);
  });

  test('uses only the id of a representation', async () => {
    const forged = reference(ada.userId, { email: 'forged@example.com', firstName: 'Forged', active: false });
    const answer = await entities([forged], 'firstName email', ada.accessToken);
    expect(answer.data._entities).toEqual([{ firstName: 'Ada', email: ada.email }]);
    expect(answer.text).not.toContain('orged');
  });

  test('loads fifty users with one statement', async () => {
    const users = await Promise.all(Array.from({ length: 49 }, () => app.register()));
    const representations = [ada, ...users].map(({ userId }) => reference(userId));
    let answer: Answer<Entities> | undefined;
    const count = await app.database.countStatements(async () => {
      answer = await entities(representations, 'id firstName', ada.accessToken);
    });
    expect(count).toBe(1);
    expect(answer?.data._entities.map((user) => user?.['id'])).toEqual([
      ada.userId,
      ...users.map(({ userId }) => userId),
    ]);
  });

  test('accepts a thousand representations and rejects more with one clear error', async () => {
    const thousand = Array.from({ length: 1000 }, () => reference(ada.userId));
    expect((await entities(thousand, 'id')).data._entities).toHaveLength(1000);
    const answer = await entities([...thousand, reference(ada.userId)], 'id');
    expect(answer.errors).toHaveLength(1);
    expect(answer.errors[0]).toMatchObject({
      message: 'At most 1000 representations may be requested at once.',
      extensions: { code: 'BAD_USER_INPUT' },
    });
  });

  test.each([
    ['another type', { __typename: 'Post', id: '1' }],
    ['no type', { id: '1' }],
    ['a prototype name', { __typename: '__proto__' }],
    ['not an object', 'User'],
  ])('rejects a representation of %s with a clear error', async (_name, representation) => {
    const answer = await entities([representation], 'id');
    expect(answer.status).toBe(200);
    expect(answer.errors[0]?.extensions).toEqual({ code: 'BAD_USER_INPUT' });
  });
});
