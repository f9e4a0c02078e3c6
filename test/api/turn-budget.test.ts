import type { AddressInfo } from 'node:net';
import { beforeAll, expect, test } from '@jest/globals';
import type { GraphQLTestClient, SignedIn } from '../support/graphql-client.js';
import { oneTurnClient } from '../support/one-turn.js';
import { createTestApp, type TestApp } from '../support/test-app.js';

const REQUESTS = 20;

/** The most statements that this many requests may cost if they arrive in one turn of the event loop. */
const MOST_STATEMENTS = { me: 2, refresh: 2, 'a repeated refresh': 22, _entities: 4 };

let app: TestApp;
let client: GraphQLTestClient;
let users: SignedIn[];
beforeAll(async () => {
  app = await createTestApp({ emailLimit: { maxPerOriginPerHour: 0 } });
  await app.server.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.server.server.address() as AddressInfo;
  client = oneTurnClient(`http://127.0.0.1:${String(port)}/graphql`);
  users = await Promise.all(Array.from({ length: REQUESTS }, () => app.register()));
  // Opens the connections of the pool, whose first statements are settings: refused tokens are looked up one by one.
  const { accessToken, refreshToken } = await app.register();
  await app.mutate('logout', undefined, { token: accessToken });
  await Promise.all(users.map(() => client.refresh(refreshToken)));
});

/** Runs an operation of a user; returns the id of the user in its answer. */
type Run = (user: SignedIn) => Promise<string | undefined>;

const ENTITY = 'query ($r: [_Any!]!) { _entities(representations: $r) { ... on User { id } } }';

const OPERATIONS: Record<keyof typeof MOST_STATEMENTS, Run> = {
  me: async ({ accessToken }) => ((await client.me(accessToken)).data as { me?: { id: string } }).me?.id,
  refresh: async ({ refreshToken }) => (await client.refresh(refreshToken)).user?.id,
  'a repeated refresh': async ({ refreshToken }) => (await client.refresh(refreshToken)).user?.id,
  _entities: async ({ userId: id }) => {
    const { data } = await client.request<{ _entities: { id: string }[] }>(ENTITY, { r: [{ __typename: 'User', id }] });
    return data._entities[0]?.id;
  },
};

test.each(Object.entries(MOST_STATEMENTS))(
  'twenty requests of one turn cost a limited number of statements: %s at most %i',
  async (name, most) => {
    let ids: (string | undefined)[] = [];
    const count = await app.database.countStatements(async () => {
      ids = await Promise.all(users.map(OPERATIONS[name as keyof typeof MOST_STATEMENTS]));
    });
    expect(ids).toEqual(users.map(({ userId }) => userId));
    expect(count).toBeLessThanOrEqual(most);
  },
);
