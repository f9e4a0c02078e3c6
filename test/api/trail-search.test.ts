import { beforeAll, describe, expect, test } from '@jest/globals';
import { lowestUuidV7 } from '../../src/platform/random.js';
import { allDelivered } from '../support/deliveries.js';
import type { Answer, SignedIn } from '../support/graphql-client.js';
import { createTestApp, type TestApp } from '../support/test-app.js';

const SEARCH = `query ($first: Int, $after: String, $filter: AdminSecurityEventFilter) {
  adminSecurityEvents(first: $first, after: $after, filter: $filter) {
    nodes { name actor { kind id } ipAddress details }
    pageInfo { hasNextPage hasPreviousPage endCursor }
  }
}`;
const DAY = 24 * 60 * 60;

interface Found {
  readonly adminSecurityEvents: {
    readonly nodes: readonly { name: string; actor: { kind: string; id: string | null }; ipAddress: string | null }[];
    readonly pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; endCursor: string };
  } | null;
}

let app: TestApp;
let auditor: SignedIn;
let ada: SignedIn;
let bob: SignedIn;
beforeAll(async () => {
  app = await createTestApp({ admin: { schema: 'included' }, background: true });
  [ada, bob] = [await app.register(), await app.register()];
  const operator = { actor: { kind: 'OPERATOR', id: ada.userId }, ipAddress: '192.0.2.7' } as const;
  await app.auth.actAs(operator, () => app.auth.services.roles.set(bob.userId, ['editor']));
  auditor = await operatorWith(['auth:audit:read']);
  await allDelivered(app);
});

async function operatorWith(roles: string[], at = app): Promise<SignedIn> {
  const user = await at.register();
  await at.auth.services.roles.set(user.userId, roles);
  at.clock.advance(2);
  return at.login(user);
}

async function ask(variables: object, { accessToken: token } = auditor): Promise<Answer<Found>> {
  return app.request<Found>(SEARCH, variables, { token });
}

async function namesOf(filter: object): Promise<string[]> {
  const { data, errors } = await ask({ filter });
  expect(errors).toEqual([]);
  return (data.adminSecurityEvents?.nodes ?? []).map(({ name }) => name);
}

describe('adminSecurityEvents', () => {
  test('finds events by account, actor, address and name', async () => {
    const ofAda = ['EmailVerificationRequested', 'UserLoggedIn', 'UserRegistered'];
    expect((await namesOf({ userId: ada.userId })).sort()).toEqual(ofAda);
    expect((await namesOf({ actorId: ada.userId })).sort()).toEqual(['RolesChanged', 'UserLoggedIn']);
    expect(await namesOf({ ipAddress: '192.0.2.7' })).toEqual(['RolesChanged']);
    expect(await namesOf({ names: ['UserRegistered'] })).toEqual(Array(3).fill('UserRegistered'));
    expect(await namesOf({ userId: bob.userId, names: ['RolesChanged'], actorId: ada.userId })).toEqual([
      'RolesChanged',
    ]);
    expect(await namesOf({ userId: ada.userId, ipAddress: '192.0.2.7' })).toEqual([]);
  });

  test('runs one transaction of four statements', async () => {
    // Background work runs statements too.
    const quiet = await createTestApp({ admin: { schema: 'included' } });
    const { userId: actorId, accessToken: token } = await operatorWith(['auth:audit:read'], quiet);
    const search = (): Promise<unknown> => quiet.request(SEARCH, { filter: { actorId } }, { token });
    await search();
    expect(await quiet.database.countStatements(search)).toBe(4);
  });

  test('shows operators who acted and from where', async () => {
    const { data } = await ask({ filter: { ipAddress: '192.0.2.7' } });
    expect(data.adminSecurityEvents?.nodes).toEqual([
      {
        ...{ name: 'RolesChanged', actor: { kind: 'OPERATOR', id: ada.userId }, ipAddress: '192.0.2.7' },
        details: { roles: ['editor'] },
      },
    ]);
  });

  test.each([
    ['2001:DB8::1', '2001:db8:0:0:0:0:0:1'],
    ['2001:db8::1', '2001:0DB8:0000:0000:0000:0000:0000:0001'],
    ['2001:0db8::0001', '2001:db8::1'],
  ])('finds what came from %s by its spelling %s', async (stored, wanted) => {
    const own = await createTestApp({ admin: { schema: 'included' }, background: true });
    const { userId } = await own.register();
    const origin = { actor: { kind: 'SYSTEM', id: null }, ipAddress: stored } as const;
    await own.auth.actAs(origin, () => own.auth.services.roles.set(userId, ['editor']));
    await allDelivered(own);
    const { events } = await own.auth.services.trailSearch.search({ ipAddress: wanted }, { first: 9 });
    expect(events).toMatchObject([{ name: 'RolesChanged', ipAddress: '2001:db8::1' }]);
  });

  test('pages through every event once, newest first', async () => {
    const [row] = await app.database.sql<{ count: number }>('select count(*)::int from auth_security_event');
    const seen: string[] = [];
    let after: string | undefined;
    for (let more = true; more;) {
      const page: Found['adminSecurityEvents'] = (await ask({ first: 2, after })).data.adminSecurityEvents;
      expect(page?.pageInfo.hasPreviousPage).toBe(after !== undefined);
      after = page?.pageInfo.endCursor;
      seen.push(after ?? '');
      more = page?.pageInfo.hasNextPage ?? false;
    }
    expect(seen).toHaveLength(Math.ceil((row?.count ?? 0) / 2));
    const ids = seen.map((cursor) => Buffer.from(cursor, 'base64url').toString('hex'));
    expect(ids).toEqual([...ids].sort().reverse());
    expect(new Set(seen).size).toBe(seen.length);
  });

  test('finds events in a range of time', async () => {
    const own = await createTestApp({ admin: { schema: 'included' } });
    const start = own.clock.now().getTime();
    for (const day of [0, 1, 2])
      await own.database.sql(
        "insert into auth_security_event (id, name, actor_kind) values ($1, 'Day' || $2::text, 'SYSTEM')",
        [lowestUuidV7(new Date(start + day * DAY * 1000)), day],
      );
    own.clock.advance(3 * DAY);
    const search = async (since?: number, until?: number): Promise<string[]> => {
      const at = (day?: number): Date | undefined =>
        day === undefined ? undefined : new Date(start + day * DAY * 1000);
      const { events } = await own.auth.services.trailSearch.search(
        { since: at(since), until: at(until) },
        { first: 9 },
      );
      return events.map(({ name }) => name);
    };
    expect(await search()).toEqual(['Day2', 'Day1', 'Day0']);
    expect(await search(1)).toEqual(['Day2', 'Day1']);
    expect(await search(1, 2)).toEqual(['Day1']);
    expect(await search(undefined, 1)).toEqual(['Day0']);
    expect(await search(-1_000_000, 10_000_000)).toEqual(['Day2', 'Day1', 'Day0']);
  });

  test('looks back 31 days for names alone, and further with a user, an actor or an address', async () => {
    const own = await createTestApp();
    const { userId } = await own.register();
    const id = lowestUuidV7(own.clock.now());
    await own.database.sql(
      `insert into auth_security_event (id, user_id, actor_id, ip_address, name, actor_kind)
       values ($1, $2, $2, '192.0.2.9', 'Old', 'USER')`,
      [id, userId],
    );
    const found = async (filter: object): Promise<number> =>
      (await own.auth.services.trailSearch.search({ names: ['Old'], ...filter }, { first: 1 })).events.length;
    own.clock.advance(31 * DAY);
    expect(await found({})).toBe(1);
    expect(await found({ until: new Date(own.clock.now().getTime() + 90 * DAY * 1000) })).toBe(1);
    own.clock.advance(1);
    expect(await found({})).toBe(0);
    expect(await found({ since: new Date(0) })).toBe(0);
    expect(await found({ until: new Date(own.clock.now().getTime() - DAY * 1000) })).toBe(1);
    for (const filter of [{ userId }, { actorId: userId }, { ipAddress: '192.0.2.9' }])
      expect(await found(filter)).toBe(1);
  });

  test('a search that takes too long is cut off, and says what to do', async () => {
    const unlock = await app.database.lock('auth_security_event');
    const { data, errors } = await ask({ filter: { names: ['UserRegistered'] } });
    await unlock();
    expect(data.adminSecurityEvents).toBeNull();
    expect(errors[0]).toMatchObject({ message: 'The search takes too long. Narrow it.' });
    expect(errors[0]?.extensions).toEqual({ code: 'OPERATION_TOO_COMPLEX' });
    expect(await namesOf({ ipAddress: '192.0.2.7' })).toEqual(['RolesChanged']);
  });

  test('an empty list of names matches nothing, without a statement', async () => {
    // Background work runs statements too.
    const quiet = await createTestApp();
    const search = async (): Promise<void> => {
      const page = await quiet.auth.services.trailSearch.search({ names: [] }, { first: 1 });
      expect(page).toEqual({ events: [], hasMore: false });
    };
    expect(await quiet.database.countStatements(search)).toBe(0);
  });

  test('requires its scope, a live session and a current token', async () => {
    const other = await operatorWith(['auth:users:read']);
    const refused = await ask({}, other);
    expect(refused.data.adminSecurityEvents).toBeNull();
    expect(refused.errors[0]?.extensions).toEqual({ code: 'FORBIDDEN', scopes: ['auth:audit:read'] });
    const former = await operatorWith(['auth:audit:read']);
    await app.auth.services.roles.set(former.userId, []);
    const stale = await ask({}, former);
    expect(stale.data.adminSecurityEvents).toBeNull();
    expect(stale.errors[0]?.extensions).toEqual({ code: 'UNAUTHENTICATED', reason: 'TOKEN_EXPIRED' });
    const gone = await operatorWith(['auth:audit:read']);
    await app.mutate('logout', undefined, { token: gone.accessToken });
    for (const filter of [{}, { filter: { names: [] } }])
      expect((await ask(filter, gone)).errors[0]?.extensions).toMatchObject({ reason: 'SESSION_ENDED' });
  });

  test.each<[string, object]>([
    ['a page of 101', { first: 101 }],
    ['an invalid cursor', { after: 'x' }],
    ['an invalid user id', { filter: { userId: 'ada@example.com' } }],
    ['an invalid actor id', { filter: { actorId: 'x' } }],
    ['an invalid address', { filter: { ipAddress: 'localhost' } }],
    ['51 names', { filter: { names: Array(51).fill('UserLoggedIn') } }],
  ])('refuses %s', async (_what, variables) => {
    const { data, errors } = await ask(variables);
    expect(data.adminSecurityEvents).toBeNull();
    expect(errors[0]?.extensions.code).toBe('BAD_USER_INPUT');
  });
});
