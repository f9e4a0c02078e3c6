import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Answer, SignedIn } from '../support/graphql-client.js';
import { createTestApp, type TestApp } from '../support/test-app.js';
import { until } from '../support/until.js';

const LIST = `query ($first: Int, $after: String, $filter: AdminUserFilter, $orderBy: AdminUserOrder) {
  adminUsers(first: $first, after: $after, filter: $filter, orderBy: $orderBy) {
    edges { cursor node { id email } }
    nodes { id email firstName lastName }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}`;

interface Listed {
  readonly adminUsers: {
    readonly edges: { cursor: string; node: { id: string; email: string } }[];
    readonly nodes: { id: string; email: string }[];
    readonly pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string; endCursor: string };
    readonly count?: { value: number; precision: string } | null;
  };
}

let app: TestApp;
let boss: SignedIn;
beforeAll(async () => {
  app = await createTestApp({ admin: { schema: 'included' } });
  boss = await operator(app);
});

async function operator(of: TestApp): Promise<SignedIn> {
  const user = await of.register({ email: `operator-${String(of.clock.now().getTime())}@operators.example` });
  await of.auth.services.roles.set(user.userId, ['auth:users:read']);
  of.clock.advance(2);
  return of.login(user);
}

async function ask(variables: object, query = LIST): Promise<Answer<Listed>> {
  return app.request<Listed>(query, variables, { token: boss.accessToken });
}

async function emails(variables: object): Promise<string[]> {
  const { data, errors } = await ask(variables);
  expect(errors).toEqual([]);
  return data.adminUsers.nodes.map(({ email }) => email);
}

/** All pages of a list, from the first to the last. */
async function pages(variables: object, between: () => Promise<void> = async () => undefined): Promise<string[][]> {
  const all: string[][] = [];
  for (let after: string | undefined; ;) {
    const { data } = await ask({ first: 2, ...variables, after });
    const { nodes, pageInfo } = data.adminUsers;
    all.push(nodes.map(({ email }) => email));
    if (!pageInfo.hasNextPage) return all;
    after = pageInfo.endCursor;
    await between();
  }
}

/** The conditions of a user's address, so that the tests do not see each other's users. */
let group = 0;
function newDomain(): string {
  group += 1;
  return `group-${String(group)}.example`;
}

async function people(domain: string, ...names: string[]): Promise<SignedIn[]> {
  const all = [];
  for (const name of names) {
    all.push(await app.register({ email: `${name}@${domain}` }));
    app.clock.advance(1);
  }
  return all;
}

describe('the pages of a list', () => {
  test('have every user once, newest first, oldest first or by address', async () => {
    const before = app.clock.now().toISOString();
    app.clock.advance(1);
    const domain = newDomain();
    await people(domain, 'bob', 'ada', 'eve', 'dan', 'cid');
    const filter = { createdAfter: before };
    const [newest, oldest, byAddress] = [
      ['cid', 'dan', 'eve', 'ada', 'bob'],
      ['bob', 'ada', 'eve', 'dan', 'cid'],
      ['ada', 'bob', 'cid', 'dan', 'eve'],
    ].map((names) => names.map((name) => `${name}@${domain}`));
    expect((await pages({ filter })).flat()).toEqual(newest);
    expect((await pages({ filter, orderBy: 'NEWEST_FIRST' })).flat()).toEqual(newest);
    expect((await pages({ filter, orderBy: 'OLDEST_FIRST' })).flat()).toEqual(oldest);
    expect(await pages({ filter, orderBy: 'EMAIL' })).toEqual([
      byAddress?.slice(0, 2),
      byAddress?.slice(2, 4),
      byAddress?.slice(4),
    ]);
  });

  test('have every user once while others register and leave', async () => {
    const before = app.clock.now().toISOString();
    app.clock.advance(1);
    const domain = newDomain();
    const original = await people(domain, 'a1', 'a2', 'a3', 'a4', 'a5', 'a6');
    let turn = 0;
    const seen = await pages({ filter: { createdAfter: before } }, async () => {
      turn += 1;
      await people(domain, `new${String(turn)}`);
      // The user that the next page follows.
      await app.database.sql('delete from auth_user where email = $1', [`a${String(7 - 2 * turn)}@${domain}`]);
    });
    expect(seen.flat()).toEqual(original.map(({ email }) => email).toReversed());
  });

  test('tell where they begin and end', async () => {
    const domain = newDomain();
    await people(domain, 'ada', 'bob', 'cid');
    const filter = { search: `@${domain}` };
    const first = (await ask({ filter, first: 2 })).data.adminUsers;
    expect(first.edges.map(({ node }) => node.email)).toEqual(first.nodes.map(({ email }) => email));
    expect(first.pageInfo).toEqual({
      ...{ hasNextPage: true, hasPreviousPage: false },
      ...{ startCursor: first.edges[0]?.cursor, endCursor: first.edges[1]?.cursor },
    });
    const second = (await ask({ filter, first: 2, after: first.pageInfo.endCursor })).data.adminUsers;
    expect(second.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
    expect(second.nodes).toHaveLength(1);
  });
});

describe('a search', () => {
  test('finds the beginning of an address, of a domain, of names in either order, and a whole id', async () => {
    const [ada] = await people(newDomain(), 'countess');
    const { userId, email = '' } = ada ?? {};
    const update = { firstName: 'Xaviera', lastName: 'Zamboanga', displayName: 'Qwertz Countess' };
    await app.auth.services.profiles.update(userId ?? '', update);
    for (const search of [
      'countess@group',
      `@${email.split('@')[1] ?? ''}`,
      'xavi',
      'XAVIERA  zambo',
      'zamboanga x',
      'qwertz',
      userId,
    ])
      expect(await emails({ filter: { search } })).toEqual([email]);
    for (const search of ['ountess@', 'viera', '@roup', 'countess zam', '%avi', '_avi'])
      expect(await emails({ filter: { search } })).toEqual([]);
  });

  test('makes no difference between case and accents, however the name was written', async () => {
    const [one, two, three] = await people(newDomain(), 'one', 'two', 'three');
    await app.auth.services.profiles.update(one?.userId ?? '', { firstName: 'Åsa', lastName: 'Ängström' });
    await app.auth.services.profiles.update(two?.userId ?? '', { lastName: 'ängstr\u00f6m' });
    await app.auth.services.profiles.update(three?.userId ?? '', { firstName: 'A\u030angstro\u0308m' });
    const found = async (search: string): Promise<string[]> => (await emails({ filter: { search } })).sort();
    expect(await found('angs')).toEqual([one, two, three].map((user) => user?.email).sort());
    expect(await found('ÄNGSTRÖM Å')).toEqual([one?.email]);
  });

  test('finds an international address as it was written, or as it is stored, and nobody at a similar domain', async () => {
    const international = newDomain().replace('group', 'b\u00fccher');
    const [ada] = await people(international, 'ada');
    const [other] = await people(international.replace('\u00fc', 'u'), 'ada');
    const [label = ''] = international.split('.');
    const [stored = ''] = await emails({ filter: { search: ada?.userId } });
    for (const domain of [
      international,
      international.toUpperCase(),
      international.normalize('NFD'),
      stored.split('@')[1] ?? '',
      label,
      `${label}.`,
      `${label}.exa`,
    ]) {
      expect(await emails({ filter: { search: `Ada@${domain}` } })).toEqual([stored]);
      expect(await emails({ filter: { search: `@${domain}` } })).toEqual([stored]);
    }
    expect(await emails({ filter: { search: other?.email } })).toEqual([other?.email]);
    for (const search of ['@\uff42ucher', '@b\u00fccher-', 'ada@b ucher', '\u00e4da@bucher'])
      expect(await emails({ filter: { search } })).toEqual([]);
  });

  test('finds a name with an @', async () => {
    const [ada] = await people(newDomain(), 'ada');
    await app.auth.services.profiles.update(ada?.userId ?? '', { displayName: 'Zo\u00eb @ H\u00f6me' });
    expect(await emails({ filter: { search: 'zo\u00eb @ h\u00f6' } })).toEqual([ada?.email]);
    const address = `zoe@h\u00f6me-${newDomain()}`;
    await app.auth.services.profiles.update(ada?.userId ?? '', { displayName: address });
    for (const search of [address, address.slice(0, -3), 'Zo\u00eb@H\u00f6me-'])
      expect(await emails({ filter: { search } })).toEqual([ada?.email]);
  });

  test.each([
    ['\u200fמשה', 'משה'],
    ['\u200eAlibaba', 'alibaba'],
    ['\u200bZeroname', 'zeroname'],
    ['Jo\u00adnathan', 'jonathan'],
    ['\ufeffBomname', 'bomname'],
    ['علی\u200cرضا', 'علیرضا'],
    ['O\u2019Connell', "o'connell"],
    ["D'Souza", 'd\u2019souza'],
    ['O\u00b4Brien', "o'brien"],
    ['\u02bbOkina', "'okina"],
    ['\u201cRock\u201d Dwayne', '"rock" d'],
    ['Jean\u2011Luc', 'jean-luc'],
    ['Jean-Paul', 'jean\u2013paul'],
    ['Straßer', 'STRASSER'],
    ['Strasser', 'straße'],
    ['Østergaard', 'oster'],
    ['Łukasz', 'LUKASZ'],
    ['Aydın', 'aydin'],
    ['AYDIN', 'aydın'],
    ['İpek', 'ipek'],
    ['Æsir', 'aesir'],
    ['Þórdís', 'thordis'],
  ])('finds %j by %j', async (firstName, search) => {
    const [ada] = await people(newDomain(), 'ada');
    await app.auth.services.profiles.update(ada?.userId ?? '', { firstName });
    expect(await emails({ filter: { search } })).toContain(ada?.email);
    expect(await emails({ filter: { search: `${search}x` } })).not.toContain(ada?.email);
  });

  test('makes no difference between the forms of the Greek sigma', async () => {
    const [ada] = await people(newDomain(), 'ada');
    const { userId = '', email = '' } = ada ?? {};
    await app.auth.services.profiles.update(userId, { firstName: '\u0393\u03b9\u03ce\u03c1\u03b3\u03bf\u03c2' });
    for (const search of [
      '\u0393\u0399\u03a9\u03a1\u0393\u039f\u03a3',
      '\u03b3\u03b9\u03c9\u03c1\u03b3\u03bf\u03c2',
      '\u03b3\u03b9\u03c9\u03c1\u03b3\u03bf\u03c3',
    ])
      expect(await emails({ filter: { search } })).toEqual([email]);
  });

  test('follows every change of a name', async () => {
    const [ada] = await people(newDomain(), 'ada');
    const { userId = '', email = '', accessToken: token = '' } = ada ?? {};
    const change = async (input: object): Promise<unknown> => app.mutate('updateProfile', input, { token });
    await change({ firstName: 'Vesuvia', lastName: 'Oldname' });
    await change({ lastName: 'Wolfram' });
    expect(await emails({ filter: { search: 'vesuvia wolf' } })).toEqual([email]);
    expect(await emails({ filter: { search: 'wolfram ves' } })).toEqual([email]);
    expect(await emails({ filter: { search: 'oldname' } })).toEqual([]);
    await change({ firstName: null, lastName: null });
    expect(await emails({ filter: { search: 'wolfram' } })).toEqual([]);
    // What an earlier release stored has no keys.
    const old = `update auth_user set first_name = 'Tungsten', last_name = null, name_key = null, sort_name_key = null where id = $1`;
    await app.database.sql(old, [userId]);
    expect(await emails({ filter: { search: 'tungs' } })).toEqual([]);
    await app.auth.services.housekeeping.run();
    expect(await emails({ filter: { search: 'tungs' } })).toEqual([email]);
  });

  test('finds names that an earlier release folded less once housekeeping has run', async () => {
    // As the earlier release folded them.
    const folded = (name: string): string =>
      name.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase().normalize('NFC').replaceAll(/\s+/gu, ' ').trim();
    const names = ['Vorstraße', 'Vor\u200cname', 'Vor゠name', 'O´Vorname', 'Vor’Vorname', 'Vorname'];
    const known = await people(newDomain(), ...names.map((_, n) => String(n)));
    for (const [n, { userId }] of known.entries()) {
      const [name = '', key = folded(name)] = [names[n]];
      const old = `update auth_user set first_name = $2, last_name = $2, display_name = $2, name_key = $3, sort_name_key = $3,
        display_name_key = $4 where id = $1`;
      await app.database.sql(old, [userId, name, `${key} ${key}`, key]);
    }
    const found = async (): Promise<string[]> => {
      const searches = ['vorstrasse v', 'vorname', 'vor-name', "o'vorname", "vor'vorname"];
      const lists = await Promise.all(searches.map((search) => emails({ filter: { search } })));
      return [...new Set(lists.flat())].sort();
    };
    expect(await found()).toEqual(known.slice(-1).map(({ email }) => email));
    await app.auth.services.housekeeping.run();
    expect(await found()).toEqual(known.map(({ email }) => email).sort());
    const again = await app.database.sql('select xmin::text from auth_user order by id');
    await app.auth.services.housekeeping.run();
    expect(await app.database.sql('select xmin::text from auth_user order by id')).toEqual(again);
  });

  test('lists those whose address matches first, then last, first and display names, each once a page', async () => {
    const domain = newDomain();
    const [d, c, b, a] = await people(domain, 'w4', 'w3', 'w2', 'kirsch1');
    const { profiles } = app.auth.services;
    await profiles.update(d?.userId ?? '', { displayName: 'Kirschbaum' });
    await profiles.update(c?.userId ?? '', { firstName: 'Kirsch' });
    await profiles.update(b?.userId ?? '', { lastName: 'Kirsch', displayName: 'Kirsch' });
    await profiles.update(a?.userId ?? '', { lastName: 'Kirsch' });
    const filter = { search: 'kirsch' };
    const expected = [a, b, c, d].map((user) => user?.email);
    expect(await emails({ filter })).toEqual(expected);
    const [first = [], ...rest] = await pages({ filter });
    expect(first).toEqual(expected.slice(0, 2));
    expect([...new Set([...first, ...rest.flat()])]).toEqual(expected);
    for (const page of [first, ...rest]) expect(new Set(page).size).toBe(page.length);
  });

  test.each(['a', ' a ', '', '\u0301\u0301', 'x'.repeat(255), 'ab\u0000'])('for %j is refused', async (search) => {
    const { data, errors } = await ask({ filter: { search } });
    expect(data.adminUsers).toBeNull();
    expect(errors[0]?.extensions).toEqual({ code: 'BAD_USER_INPUT' });
  });

  test('is refused together with an order', async () => {
    const { errors } = await ask({ filter: { search: 'ada' }, orderBy: 'EMAIL' });
    expect(errors[0]?.extensions).toEqual({ code: 'BAD_USER_INPUT' });
  });
});

describe('filters', () => {
  test('are combined, with and without a search', async () => {
    const before = app.clock.now().toISOString();
    app.clock.advance(1);
    const domain = newDomain();
    const [active, closed, invited, verified, locked, editor] = await people(
      ...([domain, 'active', 'closed', 'invited', 'verified', 'locked', 'editor'] as [string, ...string[]]),
    );
    const { accounts, roles } = app.auth.services;
    await accounts.deactivate(closed?.email ?? '');
    await app.database.sql('update auth_user set password_hash = null where id = $1', [invited?.userId]);
    await accounts.verifyEmail(verified?.email ?? '');
    const guess = { email: locked?.email, password: 'wrong' };
    for (let time = 0; time < 5; time += 1) await app.mutate('login', guess);
    await roles.set(editor?.userId ?? '', ['editor', 'author']);
    for (const by of [{ createdAfter: before }, { search: `@${domain}` }]) {
      const found = async (filter: object): Promise<string[]> =>
        (await emails({ filter: { ...by, ...filter } })).sort();
      const of = (...users: (SignedIn | undefined)[]): string[] => users.map((user) => user?.email ?? '').sort();
      expect(await found({ status: 'ACTIVE' })).toEqual(of(active, verified, locked, editor));
      expect(await found({ status: 'DEACTIVATED' })).toEqual(of(closed));
      expect(await found({ status: 'INVITED' })).toEqual(of(invited));
      expect(await found({ emailVerified: true })).toEqual(of(verified));
      expect(await found({ emailVerified: false, status: 'ACTIVE' })).toEqual(of(active, locked, editor));
      expect(await found({ role: 'author' })).toEqual(of(editor));
      expect(await found({ role: 'auth' })).toEqual([]);
      expect(await found({ locked: true })).toEqual(of(locked));
      expect(await found({ locked: false, status: 'ACTIVE' })).toEqual(of(active, verified, editor));
      expect(await found({ createdBefore: before })).toEqual([]);
      expect(await found({ status: null, role: null })).toHaveLength(6);
    }
    await app.auth.services.unlock.unlock(locked?.email ?? '');
    expect(await emails({ filter: { search: `@${domain}`, locked: true } })).toEqual([]);
  });
});

describe('a cursor', () => {
  const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const id = '019a0000-0000-7000-8000-000000000000';

  test.each([
    '',
    'no cursor',
    'abc',
    encode(null),
    encode(['NEWEST_FIRST', '2026-01-01 00:00:00+00']),
    encode(['NEWEST_FIRST', '2026-01-01 00:00:00+00', 'no id']),
    encode(['NEWEST_FIRST', '2026-13-01 00:00:00+00', id]),
    encode(['NEWEST_FIRST', '0000-01-01 00:00:00+00', id]),
    encode(['NEWEST_FIRST', '2026-02-31 00:00:00+00', id]),
    encode(['NEWEST_FIRST', 'now', id]),
    encode(['OLDEST_FIRST', '2026-01-01 00:00:00+00', id]),
    encode(['ADDRESS', 'ada@example.com', id]),
    encode(['NEWEST_FIRST', 'x'.repeat(2000), id]),
  ])('%j is refused', async (after) => {
    const { data, errors } = await ask({ after });
    expect(data.adminUsers).toBeNull();
    expect(errors[0]?.extensions).toEqual({ code: 'BAD_USER_INPUT' });
  });

  test.each(['a\u0000', '\ud800'])('with the key %j is refused', async (key) => {
    const { errors } = await ask({ filter: { search: 'ada' }, after: encode(['ADDRESS', key, id]) });
    expect(errors[0]?.extensions).toEqual({ code: 'BAD_USER_INPUT' });
  });

  test.each(['', 'a b', 'a\u0000', '\ud800', 'ä'])('the role %j is refused', async (role) => {
    const { errors } = await ask({ filter: { role } });
    expect(errors[0]?.extensions).toEqual({ code: 'BAD_USER_INPUT' });
  });

  test.each([0, -1, 101])('a page of %i users is refused', async (first) => {
    expect((await ask({ first })).errors[0]?.extensions).toEqual({ code: 'BAD_USER_INPUT' });
  });
});

describe('the cost of a list', () => {
  const COUNTED = `query ($filter: AdminUserFilter, $orderBy: AdminUserOrder) {
    adminUsers(filter: $filter, orderBy: $orderBy) { nodes { id } count { value precision } } }`;

  test('is four statements, and one more each for the sessions and the metadata of a page', async () => {
    await people(newDomain(), 'ada', 'bob');
    const plain = '{ adminUsers(first: 100) { nodes { id email status lockedUntil } } }';
    const details = '{ adminUsers(first: 100) { nodes { id sessions { id } publicMetadata privateMetadata } } }';
    const cost = async (query: string): Promise<number> => {
      expect((await ask({}, query)).errors).toEqual([]);
      return app.database.countStatements(() => ask({}, query));
    };
    expect(await cost(plain)).toBe(4);
    expect(await cost(details)).toBe(6);
  });

  test('users are counted exactly, and not with a search', async () => {
    const domain = newDomain();
    const before = app.clock.now().toISOString();
    app.clock.advance(1);
    await people(domain, 'ada', 'bob', 'cid');
    const counted = async (variables: object): Promise<unknown> =>
      (await ask(variables, COUNTED)).data.adminUsers.count;
    expect(await counted({ filter: { createdAfter: before } })).toEqual({ value: 3, precision: 'EXACT' });
    expect(await counted({ filter: { search: `@${domain}` } })).toBeNull();
  });

  test('counting stops at a thousand, and is an estimate without a filter', async () => {
    const many = await createTestApp({ admin: { schema: 'included' } });
    const token = (await operator(many)).accessToken;
    await many.database.sql(`insert into auth_user (id, email, active, created_at)
      select gen_random_uuid(), n || '@example.com', true, now() - interval '1 day' from generate_series(1, 1500) n`);
    const counted = async (filter: object): Promise<unknown> =>
      (await many.request<Listed>(COUNTED, { filter }, { token })).data.adminUsers.count;
    expect(await counted({ status: 'INVITED' })).toEqual({ value: 1000, precision: 'AT_LEAST' });
    await many.database.sql('analyze auth_user');
    expect(await counted({})).toEqual({ value: 1501, precision: 'ESTIMATE' });
  });

  test('a list that takes too long is cut off, and says what to do', async () => {
    const slow = await createTestApp({ admin: { schema: 'included' } });
    const token = (await operator(slow)).accessToken;
    const unlock = await slow.database.lock('auth_login_attempt');
    const { data, errors } = await slow.request<Listed>(LIST, { filter: { locked: true } }, { token });
    await unlock();
    expect(data.adminUsers).toBeNull();
    expect(errors[0]).toMatchObject({ message: 'The search takes too long. Narrow it.' });
    expect(errors[0]?.extensions).toEqual({ code: 'OPERATION_TOO_COMPLEX' });
  });

  test('a request has at most five searches and counts, under all names', async () => {
    const field = 'adminUsers(first: 1) { count { value } }';
    const searches = (count: number): string =>
      `{ ${Array.from({ length: count }, (_, n) => `a${String(n)}: ${field}`).join(' ')} }`;
    expect((await ask({}, searches(2))).errors).toEqual([]);
    const { errors } = await ask({}, searches(100));
    expect(errors).toHaveLength(100);
    for (const { extensions } of errors) expect(extensions).toEqual({ code: 'BAD_USER_INPUT' });
  });

  test('sign-ins stay HOT updates, whatever operators search by', async () => {
    const alone = await createTestApp();
    const ada = await alone.register({ firstName: 'Ada', lastName: 'Lovelace' });
    await alone.database.sql('vacuum auth_user');
    for (let time = 0; time < 20; time += 1) await alone.login(ada);
    await alone.auth.close();

    const stats = await until(async () => {
      const [row] = await alone.database.sql<{ updates: number; hot: number }>(
        `select n_tup_upd::int as updates, n_tup_hot_upd::int as hot from pg_stat_user_tables where relname = 'auth_user'`,
      );
      return row && row.updates >= 20 ? row : undefined;
    }, 'the statistics');
    expect(stats.hot).toBe(stats.updates);
  });
});

describe('an operator', () => {
  test('without the scope, or with a role lost since, sees no list', async () => {
    const lister = await operator(app);
    await app.auth.services.roles.set(lister.userId, []);
    const stale = await app.request<Listed>(LIST, {}, { token: lister.accessToken });
    expect(stale.data.adminUsers).toBeNull();
    expect(stale.errors[0]?.extensions).toEqual({ code: 'UNAUTHENTICATED', reason: 'TOKEN_EXPIRED' });
    const ada = await app.register();
    const refused = await app.request<Listed>(LIST, {}, { token: ada.accessToken });
    expect(refused.errors[0]?.extensions).toEqual({ code: 'FORBIDDEN', scopes: ['auth:users:read'] });
  });
});
