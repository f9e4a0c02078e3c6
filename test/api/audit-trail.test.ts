import { beforeAll, describe, expect, test } from '@jest/globals';
import { UserRegistered } from '../../src/features/registration/registration.events.js';
import { allDelivered } from '../support/deliveries.js';
import { documentedTable } from '../support/documented-table.js';
import { causeEveryEvent, registerTwice } from '../support/every-event.js';
import { newEmail, type SignedIn } from '../support/graphql-client.js';
import { recordingLogger } from '../support/recording-logger.js';
import { createTestApp, type TestApp } from '../support/test-app.js';

interface Line {
  readonly id: string;
  readonly user_id: string | null;
  readonly name: string;
  readonly actor_kind: string;
  readonly actor_id: string | null;
  readonly session_id: string | null;
  readonly ip_address: string | null;
  readonly user_agent: string | null;
  readonly details: Record<string, unknown> | null;
}

/** The trail once every event is relayed, oldest first. */
async function trailOf(app: TestApp, ...names: string[]): Promise<Line[]> {
  await allDelivered(app);
  return app.database.sql<Line>(
    'select * from auth_security_event where $1::text[] is null or name = any($1) order by id',
    [names.length === 0 ? null : names],
  );
}

const FROM_WHERE = '{ me { securityEvents(names: "RolesChanged") { nodes { ipAddress userAgent sessionId } } } }';
const HEADERS = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0' };
const FROM = { ip_address: '127.0.0.1', user_agent: HEADERS['user-agent'] };

/** What the table of events says of the details of each event; `undefined` if it is not in the trail. */
const documented = new Map(
  documentedTable('events').map((row) => {
    const column = row['Audit trail'] ?? '';
    const details = column.replaceAll('`', '').replace(/^yes(, with )?/, '');
    return [row['Event'], column === 'no' ? undefined : details.split(', ').filter((field) => field !== '')] as const;
  }),
);

describe('the trail', () => {
  test('has each event once, with the details that are documented, and no address and no token', async () => {
    const strict = await createTestApp({ registration: { requireEmailVerification: true }, background: true });
    const app = await createTestApp({ background: true });
    await app.database.sql(`
      create table stored_event (id uuid, name text, payload jsonb, origin jsonb);
      create function keep_event() returns trigger language plpgsql as
        $$ begin insert into stored_event values (new.id, new.name, new.payload, new.origin); return new; end $$;
      create trigger keep_event after insert on auth_outbox for each row execute function keep_event()`);
    await causeEveryEvent(app);
    await registerTwice(strict);
    const lines = await trailOf(app);
    const stored = await app.database.sql<{ id: string; name: string; origin: { isTrailed?: false } }>(
      'select * from stored_event order by id',
    );
    const expected = stored.filter(({ name, origin }) => documented.get(name) && origin.isTrailed !== false);
    expect(lines.map(({ id, name }) => [id, name])).toEqual(expected.map(({ id, name }) => [id, name]));
    const refused = await trailOf(strict, 'RegistrationRefused');
    const names = new Set([...lines, ...refused].map(({ name }) => name));
    expect([...names].sort()).toEqual(
      [...documented]
        .filter(([, is]) => is)
        .map(([name]) => name)
        .sort(),
    );
    const erased = lines.filter(({ name }) => name === 'UserErased').map(({ user_id }) => user_id);
    for (const { name, details, user_id } of [...lines, ...refused]) {
      const kept = erased.includes(user_id) ? [] : [...(documented.get(name) ?? [])];
      expect([name, Object.keys(details ?? {}).sort()]).toEqual([name, kept.sort()]);
    }
    expect(JSON.stringify([...lines, ...refused])).not.toMatch(/@example\.com|tokenReference|"token"/);
    expect(refused.map(({ details }) => details)).toEqual([{ email: 'u***@e***' }]);
  });

  test('names the signed-in user, the session and the client', async () => {
    const app = await createTestApp({ background: true });
    const ada = await app.register();
    app.clock.advance(1);
    const { userId, accessToken: token, sessionId } = await app.login(ada, { headers: HEADERS });
    app.clock.advance(1);
    await app.mutate('logout', undefined, { token, headers: HEADERS });
    const lines = await trailOf(app, 'UserLoggedIn', 'UserLoggedOut');
    const by = { user_id: userId, actor_kind: 'USER', actor_id: userId, session_id: sessionId, ...FROM };
    expect(lines.slice(1)).toMatchObject([
      { name: 'UserLoggedIn', ...by, details: { methods: ['pwd'], newDevice: true } },
      { name: 'UserLoggedOut', ...by, details: null },
    ]);
  });

  test('does not name the user whose access token comes with a public mutation', async () => {
    const app = await createTestApp({ background: true });
    const [ada, bob] = [await app.register(), await app.register()];
    const as = { token: bob.accessToken, headers: HEADERS };
    await app.mutate('verifyEmail', { token: await app.mailer.token(ada.email, 'verify-email') }, as);
    app.clock.advance(1);
    await app.mutate('forgotPassword', { email: ada.email }, as);
    const token = await app.mailer.token(ada.email, 'reset-password');
    await app.mutate('resetPassword', { token, newPassword: 'a brand new pass phrase' }, as);
    const names = ['EmailVerified', 'PasswordReset', 'PasswordResetRequested', 'SessionRevoked'];
    const lines = await trailOf(app, ...names);
    expect(lines.map(({ name }) => name).sort()).toEqual(names);
    for (const { name, session_id: sessionId, ...line } of lines) {
      expect(line).toMatchObject({ user_id: ada.userId, actor_kind: 'ANONYMOUS', actor_id: null, ...FROM });
      expect(sessionId).toBe(name === 'SessionRevoked' ? ada.sessionId : null);
    }
  });

  test('names where a link was requested from, although it is created later', async () => {
    const app = await createTestApp({ background: true });
    const { email, userId } = await app.register();
    await app.mutate('forgotPassword', { email }, { headers: HEADERS });
    expect(await trailOf(app, 'PasswordResetRequested')).toMatchObject([
      { user_id: userId, actor_kind: 'ANONYMOUS', actor_id: null, session_id: null, ...FROM },
    ]);
  });

  test('names the service where nobody has said who acts, also in a listener', async () => {
    const app = await createTestApp();
    const { roles } = app.auth.services;
    app.auth.events.on(UserRegistered, async ({ userId }) => {
      await roles.set(userId, ['member']);
    });
    await app.auth.start();
    const { userId } = await app.register();
    await trailOf(app);
    app.clock.advance(1);
    await roles.set(userId, ['editor']);
    const bySystem = { actor_kind: 'SYSTEM', actor_id: null, ip_address: null };
    expect(await trailOf(app, 'RolesChanged')).toMatchObject([
      { ...bySystem, details: { roles: ['member'] } },
      { ...bySystem, details: { roles: ['editor'] } },
    ]);
  });

  test('keeps an event that was committed before the process crashed, and writes a repeated one once', async () => {
    const app = await createTestApp();
    const { userId } = await app.register();
    // Another process had written the trail when its connection broke, so that its transaction may or may not count.
    const [event] = await app.database.sql<{ id: string }>(`select id from auth_outbox where name = 'UserRegistered'`);
    await app.database.sql(
      `insert into auth_security_event (id, user_id, name, actor_kind) values ($1, $2, 'UserRegistered', 'SYSTEM')`,
      [event?.id, userId],
    );
    const other = await createTestApp({ throughGate: async () => app.database.url });
    await Promise.all([app.auth.start(), other.auth.start()]);
    const lines = await trailOf(app);
    expect(
      lines
        .filter(({ user_id: user }) => user === userId)
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['EmailVerificationRequested', 'UserLoggedIn', 'UserRegistered']);
    expect(lines.find(({ id }) => id === event?.id)?.actor_kind).toBe('SYSTEM');
  });
});

describe('failed sign-ins', () => {
  test('are in the trail while they count for the lockout, and not afterwards', async () => {
    const app = await createTestApp({ background: true });
    const { email, userId } = await app.register();
    for (let guess = 0; guess < 8; guess += 1) await app.mutate('login', { email, password: 'wrong' });
    const lines = await trailOf(app, 'SignInFailed', 'AccountLocked');
    const by = { user_id: userId, actor_kind: 'ANONYMOUS', actor_id: null, ip_address: '127.0.0.1' };
    const failed = { ...by, name: 'SignInFailed', details: { reason: 'INVALID_CREDENTIALS' } };
    expect(lines.filter(({ name }) => name === 'SignInFailed')).toMatchObject(Array(5).fill(failed));
    expect(lines).toHaveLength(6);
  });

  test('are not in the trail if the password was correct but the address must be verified first', async () => {
    const app = await createTestApp({ background: true, registration: { requireEmailVerification: true } });
    const input = { email: newEmail(), password: 'correct horse battery staple' };
    await app.mutate('register', input);
    for (let time = 0; time < 6; time += 1)
      expect((await app.mutate('login', input)).__typename).toBe('EmailNotVerifiedError');
    await app.mutate('login', { ...input, password: 'wrong' });
    expect(await trailOf(app, 'SignInFailed')).toMatchObject([{ details: { reason: 'INVALID_CREDENTIALS' } }]);
  });

  test('are not in the trail if the account changes while the correct password is compared', async () => {
    let change = (): Promise<unknown> => Promise.resolve();
    const app: TestApp = await createTestApp({
      background: true,
      hasher: { hash: async () => 'a hash', verify: async () => !!(await change()), needsRehash: () => false },
    });
    const { email, password, userId } = await app.register();
    change = () => app.database.sql('update auth_user set active = false where id = $1', [userId]);
    expect((await app.mutate('login', { email, password })).__typename).toBe('InvalidCredentialsError');
    expect(await trailOf(app, 'SignInFailed')).toEqual([]);
  });

  test('of a signed-in user name the user and the session', async () => {
    const app = await createTestApp({ background: true });
    const { accessToken: token, userId, sessionId } = await app.register();
    await app.mutate('changePassword', { currentPassword: 'wrong', newPassword: 'irrelevant here' }, { token });
    expect(await trailOf(app, 'SignInFailed')).toMatchObject([
      { user_id: userId, actor_kind: 'USER', actor_id: userId, session_id: sessionId },
    ]);
  });

  test('are not in the trail for an unknown address, nor while nothing limits them', async () => {
    const app = await createTestApp({ background: true });
    await app.mutate('login', { email: newEmail(), password: 'wrong' });
    const open = await createTestApp({ background: true, lockout: { enabled: false } });
    const { email } = await open.register();
    await open.mutate('login', { email, password: 'wrong' });
    for (const each of [app, open]) expect(await trailOf(each, 'SignInFailed')).toEqual([]);
  });
});

const EVENTS = `query ($first: Int = 20, $after: String, $names: [String!]) {
  me { securityEvents(first: $first, after: $after, names: $names) {
    edges { cursor node { id name } } nodes { id name occurredAt ipAddress userAgent deviceName sessionId details
      actor { kind id } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  } }
}`;

interface Page {
  readonly edges: { readonly cursor: string; readonly node: { readonly id: string } }[];
  readonly nodes: { readonly id: string; readonly name: string; readonly actor: object }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

describe('User.securityEvents', () => {
  let app: TestApp;
  let ada: SignedIn;
  beforeAll(async () => {
    app = await createTestApp({ background: true });
    const { userId } = await app.register();
    await app.auth.services.roles.set(userId, ['editor']);
    app.clock.advance(1);
    ada = await app.register();
    await allDelivered(app);
    for (let time = 0; time < 5; time += 1) {
      app.clock.advance(1);
      ada = { ...(await app.login(ada, { headers: HEADERS })) };
    }
    await allDelivered(app);
  });

  async function page(variables: object = {}, token = ada.accessToken): Promise<Page> {
    const { data, errors } = await app.request<{ me: { securityEvents: Page } }>(EVENTS, variables, { token });
    expect(errors).toEqual([]);
    return data.me.securityEvents;
  }

  test('lists the events of the user, newest first, with who, where and when', async () => {
    const { nodes, pageInfo } = await page();
    expect(nodes.slice(0, 5).map(({ name }) => name)).toEqual(Array(5).fill('UserLoggedIn'));
    // Events of one instant have no order.
    expect(
      nodes
        .slice(5)
        .map(({ name }) => name)
        .sort(),
    ).toEqual([...['EmailVerificationRequested', 'UserLoggedIn', 'UserRegistered']]);
    expect(nodes[0]).toEqual({
      id: nodes[0]?.id,
      name: 'UserLoggedIn',
      occurredAt: app.clock.now().toISOString(),
      ...{ ipAddress: '127.0.0.1', userAgent: HEADERS['user-agent'], deviceName: 'Firefox on Linux' },
      sessionId: ada.sessionId,
      details: { methods: ['pwd'], newDevice: true },
      actor: { kind: 'USER', id: ada.userId },
    });
    expect(pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: false });
  });

  test('pages through all of them once', async () => {
    const all = (await page({ first: 100 })).nodes.map(({ id }) => id);
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const { edges, pageInfo }: Page = await page({ first: 3, after });
      expect(pageInfo).toMatchObject({ hasPreviousPage: after !== null, endCursor: edges.at(-1)?.cursor });
      seen.push(...edges.map(({ node }) => node.id));
      after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
    } while (after !== null);
    expect(seen).toEqual(all);
    expect(seen).toHaveLength(8);
  });

  test('selects events by name', async () => {
    const { nodes } = await page({ names: ['UserRegistered', 'PasswordReset'] });
    expect(nodes.map(({ name }) => name)).toEqual(['UserRegistered']);
  });

  test.each<[string, object, string]>([
    ['a page of 0', { first: 0 }, 'first'],
    ['a page of 101', { first: 101 }, 'first'],
    ['a text that is no cursor', { after: 'MQ==' }, 'not a cursor'],
    ['too many names', { names: Array(51).fill('UserLoggedIn') }, 'at most 50'],
    ['a name with a NUL', { names: ['\u0000'] }, 'not the name of an event'],
  ])('refuses %s with BAD_USER_INPUT', async (_what, variables, problem) => {
    const { data, errors } = await app.request(EVENTS, variables, { token: ada.accessToken });
    expect(data).toEqual({ me: { securityEvents: null } });
    expect(errors[0]).toMatchObject({ path: ['me', 'securityEvents'], extensions: { code: 'BAD_USER_INPUT' } });
    expect(errors[0]?.message).toContain(problem);
  });

  test('is visible to the user alone, through a gateway too', async () => {
    const query = `{ _entities(representations: [{ __typename: "User", id: "${ada.userId}" }]) {
      ... on User { securityEvents { nodes { name } } } } }`;
    const stranger = await app.register();
    for (const token of [stranger.accessToken, undefined]) {
      const { data, errors } = await app.request(query, {}, { token });
      expect(data).toEqual({ _entities: [{ securityEvents: null }] });
      expect(errors[0]?.extensions.code).toBe('FORBIDDEN');
    }
    const own = await app.request<{ _entities: { securityEvents: Page }[] }>(query, {}, { token: ada.accessToken });
    expect(own.data._entities[0]?.securityEvents.nodes).toHaveLength(8);
  });

  test('is not listed for a session that ends during the request', async () => {
    const { userId, sessionId, accessToken: token } = await app.register();
    await app.mutate('logout', undefined, { token });
    await allDelivered(app);
    const position = { first: 20, after: undefined, names: undefined };
    await expect(app.auth.services.securityEvents.list(userId, position, { userId, sessionId })).rejects.toMatchObject({
      extensions: { code: 'UNAUTHENTICATED', reason: 'SESSION_ENDED' },
    });
    const listed = await app.auth.services.securityEvents.list(userId, position);
    expect(listed.events.map(({ name }) => name)).toContain('UserRegistered');
  });

  test('shows what operators have done, but not which of them', async () => {
    const grace = await app.register();
    const operator = { actor: { kind: 'OPERATOR', id: ada.userId }, ipAddress: '192.0.2.7' } as const;
    await app.auth.actAs(operator, () => app.auth.services.roles.set(grace.userId, ['editor']));
    expect(await trailOf(app, 'RolesChanged')).toContainEqual(
      expect.objectContaining({ actor_kind: 'OPERATOR', actor_id: ada.userId, ip_address: '192.0.2.7' }),
    );
    const fresh = await app.login(grace);
    const { nodes } = await page({ names: ['RolesChanged'] }, fresh.accessToken);
    expect(nodes).toMatchObject([{ actor: { kind: 'OPERATOR', id: null } }]);
    const answer = await app.request(FROM_WHERE, {}, { token: fresh.accessToken });
    expect(answer.data).toEqual({
      me: { securityEvents: { nodes: [{ ipAddress: null, userAgent: null, sessionId: null }] } },
    });
  });

  test.each(['OPERATOR', 'SERVICE'] as const)(
    'does not show from where an actor of kind %s without an id has acted',
    async (kind) => {
      const grace = await app.register();
      const origin = { actor: { kind, id: null }, ipAddress: '192.0.2.7', userAgent: 'Netscape of the operator' };
      await app.auth.actAs(origin, () => app.auth.services.roles.set(grace.userId, ['editor']));
      await allDelivered(app);
      const fresh = await app.login(grace);
      const answer = await app.request(FROM_WHERE, {}, { token: fresh.accessToken });
      expect(answer.data).toEqual({
        me: { securityEvents: { nodes: [{ ipAddress: null, userAgent: null, sessionId: null }] } },
      });
    },
  );

  test('refuses more than five pages in one request', async () => {
    const pages = (count: number): string =>
      Array.from(
        { length: count },
        (_, n) => `e${String(n)}: securityEvents(first: ${String(n + 1)}) { nodes { id } }`,
      ).join(' ');
    expect((await app.request(`{ me { ${pages(5)} } }`, {}, { token: ada.accessToken })).errors).toEqual([]);
    const { errors } = await app.request(`{ me { ${pages(6)} } }`, {}, { token: ada.accessToken });
    expect(errors.map(({ extensions }) => extensions.code)).toEqual(['BAD_USER_INPUT']);
  });

  const USER = 'user { securityEvents { nodes { id } } }';
  const VERIFY = `mutation ($token: String!) { result: verifyEmail(input: { token: $token }) { ... on EmailVerified { ${USER} } } }`;
  const RESET = `mutation ($token: String!) {
    result: resetPassword(input: { token: $token, newPassword: "of another kind 7" }) { ... on PasswordChanged { ${USER} } } }`;
  test.each([
    ['nobody', 'verify-email', VERIFY],
    ['another user', 'verify-email', VERIFY],
    ['nobody', 'reset-password', RESET],
    ['another user', 'reset-password', RESET],
  ] as const)('is not shown to %s who has only a link (%s)', async (caller, kind, mutation) => {
    const { email } = await app.register();
    const stranger = caller === 'nobody' ? undefined : (await app.register()).accessToken;
    if (kind === 'reset-password') await app.mutate('forgotPassword', { email });
    const { data, errors } = await app.request(
      mutation,
      { token: await app.mailer.token(email, kind) },
      { token: stranger },
    );
    expect(data).toEqual({ result: { user: { securityEvents: null } } });
    expect(errors.map(({ extensions }) => extensions.code)).toEqual(['FORBIDDEN']);
  });

  test('does not show why an operator closed the account, and neither does the log', async () => {
    const { logger, lines } = recordingLogger();
    const own = await createTestApp({ background: true, logger });
    const { email } = await own.register();
    const { accounts } = own.auth.services;
    await accounts.deactivate(email, 'reported by bob');
    await trailOf(own);
    expect(JSON.stringify([await trailOf(own), lines()])).not.toContain('bob');
  });

  test.each<[string, object]>([
    ['a kind that does not exist', { actor: { kind: 'GOD', id: null } }],
    ['an id that is not a UUID', { actor: { kind: 'SERVICE', id: 'billing-job' } }],
    ['a session that is not a UUID', { actor: { kind: 'SYSTEM', id: null }, sessionId: '1' }],
  ])('names no actor with %s', (_what, origin) => {
    const given = origin as Parameters<TestApp['auth']['actAs']>[0];
    expect(() => app.auth.actAs(given, () => 1)).toThrow(TypeError);
  });

  test('stores ids in lower case, so that erasure finds them', async () => {
    const quiet = await createTestApp();
    const { sessionId, userId } = await quiet.register();
    const origin = {
      actor: { kind: 'OPERATOR', id: userId.toUpperCase() },
      sessionId: sessionId.toUpperCase(),
    } as const;
    await quiet.auth.actAs(origin, () => quiet.auth.services.roles.set(userId, ['editor']));
    const rows = await quiet.database.sql(`select origin from auth_outbox where name = 'RolesChanged'`);
    expect(rows).toMatchObject([{ origin: { actor: { kind: 'OPERATOR', id: userId }, sessionId } }]);
  });

  test('keeps what fits of an address and a User-Agent, and the relay goes on', async () => {
    const { userId } = await app.register();
    const origin = {
      actor: { kind: 'SYSTEM', id: null },
      ipAddress: '192.0.2.1, 192.0.2.2',
      userAgent: 'x'.repeat(600),
    } as const;
    await app.auth.actAs(origin, () => app.auth.services.roles.set(userId, ['viewer']));
    const line = (await trailOf(app, 'RolesChanged')).find((each) => each.user_id === userId);
    expect(line).toMatchObject({ ip_address: null, user_agent: 'x'.repeat(512) });
  });

  test('a stored event that does not fit keeps no other event in the outbox', async () => {
    const own = await createTestApp();
    await own.register();
    await own.database.sql(
      `update auth_outbox set origin = '{"actor":{"kind":"A KIND THAT IS LONG","id":"x"},"sessionId":"x","ipAddress":"${'1'.repeat(100)}","userAgent":"${'y'.repeat(600)}"}'`,
    );
    await own.auth.start();
    expect((await trailOf(own)).length).toBeGreaterThan(0);
  });

  test('costs one statement, however often it is selected', async () => {
    const aliases = Array.from({ length: 20 }, (_, n) => `e${String(n)}: securityEvents { nodes { id } }`).join(' ');
    // Without the relay, which would look for work in the meantime.
    const own = await createTestApp();
    const { accessToken: token } = await own.register();
    const count = await own.database.countStatements(async () => {
      expect((await own.request(`{ me { ${aliases} } }`, {}, { token })).errors).toEqual([]);
    });
    expect(count).toBe(2);
  });
});

describe('the table', () => {
  const change = (assignment: string): string => `update auth_security_event set ${assignment}`;

  test('refuses an update of what has happened', async () => {
    const app = await createTestApp({ background: true });
    await app.register();
    const before = await trailOf(app);
    for (const assignment of [
      ...['user_id = null', 'actor_id = gen_random_uuid()', `name = 'Other'`, 'session_id = null'],
      ...[`actor_kind = 'SYSTEM'`, 'id = gen_random_uuid()', `ip_address = '192.0.2.1'`, `user_agent = 'other'`],
      `details = '{"methods":[]}'`,
    ])
      await expect(app.database.sql(`${change(assignment)} where name = 'UserLoggedIn'`)).rejects.toThrow(
        'append-only',
      );
    expect(await trailOf(app)).toEqual(before);
  });

  test('refuses TRUNCATE, and lets the address, the user agent and the details be erased, once and for all', async () => {
    const app = await createTestApp({ background: true });
    await app.register();
    await trailOf(app);
    await expect(app.database.sql('truncate auth_security_event')).rejects.toThrow('append-only');
    await app.database.sql(change('ip_address = null, user_agent = null, details = null'));
    for (const line of await trailOf(app))
      expect(line).toMatchObject({ ip_address: null, user_agent: null, details: null });
    await expect(app.database.sql(change(`ip_address = '192.0.2.1'`))).rejects.toThrow('append-only');
    await expect(app.database.sql(change(`details = '{}'`))).rejects.toThrow('append-only');
  });
});

describe('retention', () => {
  const DAY = 24 * 60 * 60;

  test('deletes old events, and keeps what operators did for as long as its own option says', async () => {
    const audit = { retentionDays: 30, operatorRetentionDays: 60 };
    const app = await createTestApp({ background: true, audit });
    const { userId } = await app.register();
    const operator = { actor: { kind: 'OPERATOR', id: userId } } as const;
    await app.auth.actAs(operator, () => app.auth.services.roles.set(userId, ['editor']));
    await trailOf(app);
    const names = async (): Promise<string[]> => (await trailOf(app)).map(({ name }) => name);
    app.clock.advance(30 * DAY);
    await app.auth.services.housekeeping.run();
    expect(await names()).toHaveLength(4);
    app.clock.advance(1);
    await app.auth.services.housekeeping.run();
    expect(await names()).toEqual(['RolesChanged']);
    app.clock.advance(30 * DAY);
    await app.auth.services.housekeeping.run();
    expect(await names()).toEqual([]);
  });

  test('keeps everything where the option is 0, and deletes more than one batch', async () => {
    const app = await createTestApp({ audit: { retentionDays: 0 } });
    const insert = (kind: string): Promise<unknown> =>
      app.database.sql(
        `insert into auth_security_event (id, name, actor_kind)
         select ('00000000-0001-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 'Old', $1 from generate_series(1, 2500) n`,
        [kind],
      );
    await insert('USER');
    await app.auth.services.housekeeping.run();
    expect(await lengthOfTrail(app)).toBe(2500);
    const brief = await createTestApp({ throughGate: async () => app.database.url });
    expect(await brief.auth.services.housekeeping.run()).toBe(2500);
    expect(await lengthOfTrail(app)).toBe(0);
  });
});

async function lengthOfTrail({ database }: TestApp): Promise<number> {
  const [row] = await database.sql<{ count: number }>('select count(*)::int as count from auth_security_event');
  return row?.count ?? 0;
}
