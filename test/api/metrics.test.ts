import { createPrivateKey } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { Gauge, Registry } from 'prom-client';
import { MetricsServer } from '../../src/cli/service/metrics-server.js';
import { EVENT_CLASSES } from '../../src/features.js';
import { BcryptHasher } from '../../src/core/credentials/password-hasher.js';
import { systemRandom } from '../../src/platform/random.js';
import { REVOCATION_REASONS } from '../../src/core/sessions/session.js';
import { allDelivered } from '../support/deliveries.js';
import { TooManyRequestsError } from '../../src/core/errors/errors.js';
import { newPrivateKey } from '../support/new-private-key.js';
import { silentLogger } from '../../src/platform/logger.js';
import { ConfigError, createAuthSubgraph } from '../../src/index.js';
import { recordingLogger } from '../support/recording-logger.js';
import { until } from '../support/until.js';
import { newEmail } from '../support/graphql-client.js';
import { createTestApp, TEST_SECRET, type TestApp, type TestOptions } from '../support/test-app.js';

async function measuredApp(options: TestOptions = {}): Promise<{ app: TestApp; registry: Registry }> {
  const registry = new Registry();
  return { registry, app: await createTestApp({ metrics: registry, ...options }) };
}

/** The samples of a metric, as in the text that Prometheus reads. */
async function samples(registry: Registry, name: string): Promise<Record<string, number>> {
  const lines = (await registry.getSingleMetricAsString(name)).split('\n');
  const parsed = lines.map((line) => /^\w+(\{.*\})? (\S+)$/.exec(line)).filter((match) => match !== null);
  return Object.fromEntries(parsed.map(([, labels = '', value]) => [labels, Number(value)]));
}

test('root fields are counted by their result or error', async () => {
  const { app, registry } = await measuredApp();
  const ada = await app.register();
  await app.mutate('login', { email: ada.email, password: 'wrong' });
  await app.me(ada.accessToken);
  await app.me('nonsense');
  const representations = [{ __typename: 'User', id: ada.userId }];
  await app.request('query ($r: [_Any!]!) { _entities(representations: $r) { __typename } }', { r: representations });
  await app.request('{ _service { sdl } }');
  expect(await samples(registry, 'auth_operations_total')).toEqual({
    '{field="register",outcome="LoginSuccess"}': 1,
    '{field="login",outcome="InvalidCredentialsError"}': 1,
    '{field="me",outcome="User"}': 1,
    '{field="me",outcome="UNAUTHENTICATED"}': 1,
    '{field="_entities",outcome="_Entity"}': 1,
    '{field="_service",outcome="_Service"}': 1,
  });
  expect(await samples(registry, 'auth_operation_duration_seconds')).toMatchObject({ '{field="me"}': 2 });
});

test('the entities of a gateway are counted once they are loaded or have failed', async () => {
  const { app, registry } = await measuredApp();
  const { userId } = await app.register();
  const representations = [userId, 'unknown'].map((id) => ({ __typename: 'User', id }));
  const text = 'query ($r: [_Any!]!) { _entities(representations: $r) { ... on User { id firstName } } }';
  const entities = (): ReturnType<TestApp['request']> => app.request(text, { r: representations });
  const counted = async (outcome: string): Promise<number | undefined> =>
    (await samples(registry, 'auth_operations_total'))[`{field="_entities",outcome="${outcome}"}`];
  const unlock = await app.database.lock('auth_user');
  const answer = entities();
  await app.database.untilWaiting('auth_user');
  expect(await counted('_Entity')).toBeUndefined();
  await unlock();
  expect((await answer).errors).toEqual([]);
  expect(await counted('_Entity')).toBe(1);
  await app.database.sql('alter table auth_user rename column first_name to given_name');
  expect((await entities()).data).toEqual({ _entities: [null, null] });
  expect(await counted('INTERNAL_SERVER_ERROR')).toBe(1);
  expect(await counted('_Entity')).toBe(1);
});

test('counters whose labels are known start at 0, so that the first increase is seen', async () => {
  const { registry } = await measuredApp();
  const zeros = async (name: string): Promise<string[]> => {
    const found = await samples(registry, name);
    expect(new Set(Object.values(found))).toEqual(new Set([0]));
    return Object.keys(found);
  };
  expect(await zeros('auth_refresh_reuse_total')).toEqual(['{result="graced"}', '{result="revoked"}']);
  expect(await zeros('auth_lockouts_total')).toEqual(['']);
  expect(await zeros('auth_password_queue_refused_total')).toEqual(['']);
  const events = Object.keys(EVENT_CLASSES).map((event) => `{event="${event}"}`);
  expect((await zeros('auth_events_total')).sort()).toEqual(events.sort());
  const reasons = REVOCATION_REASONS.map((reason) => `{reason="${reason}"}`);
  expect(await zeros('auth_sessions_revoked_total')).toEqual(reasons);
  const kinds = (await readdir('src/features', { recursive: true }))
    .map((file) => /([\w-]+)\.template\.ts$/.exec(file)?.[1])
    .filter((kind) => kind !== undefined);
  const mails = kinds.flatMap((kind) => ['sent', 'failed'].map((outcome) => `{kind="${kind}",outcome="${outcome}"}`));
  expect(mails.length).toBeGreaterThan(10);
  expect((await zeros('auth_mails_total')).sort()).toEqual(mails.sort());
});

test('statements are counted by the method of their repository, once for all requests of one turn', async () => {
  const { app, registry } = await measuredApp();
  const viewer = await app.register();
  await Promise.all([1, 2, 3].map(() => app.auth.services.users.me(viewer)));
  const name = 'auth_database_statement_duration_seconds';
  const counted = await samples(registry, name);
  expect(counted['{le="+Inf",statement="ProfileRepository.findOwner"}']).toBe(1);
  expect(counted['{le="+Inf",statement="AuthenticationRepository.open"}']).toBe(1);
});

test('the age of the signing key is measured if the key says when it was published', async () => {
  const [older, newer] = [newPrivateKey(), createPrivateKey(newPrivateKey()).export({ format: 'jwk' })];
  const { app, registry } = await measuredApp({ jwt: { secret: undefined, keys: [older] } });
  const age = (): Promise<Record<string, number>> => samples(registry, 'auth_signing_key_age_seconds');
  expect(await age()).toEqual({});
  const publishedAt = Math.floor(+app.clock.now() / 1000) - 3600;
  app.auth.useKeys([{ ...newer, published_at: publishedAt }, older]);
  const [{ kid } = { kid: '' }] = app.auth.publicKeys;
  const seconds = Object.entries(await age());
  expect(seconds).toEqual([[`{kid="${kid}"}`, expect.closeTo(3600, -1)]]);
});

test('compared passwords are counted by algorithm and outcome', async () => {
  const { app, registry } = await measuredApp();
  const ada = await app.register();
  await app.login(ada);
  await app.mutate('login', { email: ada.email, password: 'wrong' });
  await app.mutate('login', { email: newEmail(), password: 'wrong' });
  expect(await samples(registry, 'auth_password_verifications_total')).toEqual({
    '{algorithm="bcrypt",outcome="correct"}': 1,
    '{algorithm="bcrypt",outcome="wrong"}': 1,
    '{algorithm="none",outcome="wrong"}': 1,
  });
  expect(await samples(registry, 'auth_password_hash_duration_seconds')).toMatchObject({ '{le="+Inf"}': 4 });
});

test('a refused password is counted', async () => {
  class FullHasher extends BcryptHasher {
    override get level(): number {
      return 1;
    }
    override verify(): Promise<boolean> {
      return Promise.reject(new TooManyRequestsError(1));
    }
  }
  const { app, registry } = await measuredApp({ hasher: new FullHasher(4, systemRandom) });
  const answer = await app.mutate('login', { email: newEmail(), password: 'wrong' });
  expect(answer.__typename).toBe('TooManyRequestsError');
  expect(await samples(registry, 'auth_password_queue_refused_total')).toEqual({ '': 1 });
  expect(await samples(registry, 'auth_password_queue_ratio')).toEqual({ '': 1 });
  expect(await samples(registry, 'auth_password_verifications_total')).toEqual({});
});

test('events, revocations, replays, lockouts and emails are counted once', async () => {
  const { app, registry } = await measuredApp({ background: true, lockout: { maxAttempts: 2 } });
  const ada = await app.register();
  const { tokens } = await app.refresh(ada.refreshToken);
  await app.refresh(ada.refreshToken);
  app.clock.advance(60);
  await app.refresh(tokens?.refreshToken ?? '');
  app.clock.advance(60);
  await app.refresh(ada.refreshToken);
  const bob = await app.register();
  for (let turn = 0; turn < 3; turn += 1) await app.mutate('login', { email: bob.email, password: 'wrong' });
  await app.mutate('forgotPassword', { email: bob.email });
  await allDelivered(app);
  expect(await samples(registry, 'auth_events_total')).toMatchObject({
    '{event="UserRegistered"}': 2,
    '{event="RefreshTokenReuseDetected"}': 1,
    '{event="AccountLocked"}': 1,
  });
  expect(await samples(registry, 'auth_refresh_reuse_total')).toEqual({
    '{result="graced"}': 1,
    '{result="revoked"}': 1,
  });
  expect(await samples(registry, 'auth_sessions_revoked_total')).toMatchObject({
    ...{ '{reason="REFRESH_TOKEN_REPLAYED"}': 1, '{reason="LOGGED_OUT"}': 0 },
  });
  expect(await samples(registry, 'auth_lockouts_total')).toEqual({ '': 1 });
  expect(await samples(registry, 'auth_mails_total')).toMatchObject({ '{kind="reset-password",outcome="sent"}': 1 });
});

test('an email that is not accepted is counted as failed, and as one that will be retried', async () => {
  const mailer = {
    send: () => Promise.reject(new Error('no')),
  };
  const { app, registry } = await measuredApp({ background: true, mailer });
  const { email } = await app.register();
  await app.mutate('forgotPassword', { email });
  const failed = await until(async () => {
    const { '{kind="reset-password",outcome="failed"}': count = 0 } = await samples(registry, 'auth_mails_total');
    return count > 0 && count;
  }, 'the failure');
  expect(failed).toBe(1);
  // The other one confirms the address.
  await until(async () => (await samples(registry, 'auth_deliveries_retrying'))[''] === 2, 'the retries');
  expect(await samples(registry, 'auth_deliveries_parked')).toEqual({ '': 0 });
});

test('whether calls are counted for all processes is measured only if they are limited', async () => {
  const limited = { rateLimits: { enabled: true } };
  const [one, other] = [await measuredApp(limited), await measuredApp()];
  const NAME = 'auth_rate_limit_store_up';
  expect(await samples(other.registry, NAME)).toEqual({});
  const { email } = await one.app.register();
  expect(await samples(one.registry, NAME)).toEqual({ '{store="postgresql"}': 1 });
  await one.app.database.sql('alter table auth_rate_limit rename to elsewhere');
  await one.app.mutate('login', { email, password: 'wrong' });
  expect(await samples(one.registry, NAME)).toEqual({ '{store="postgresql"}': 0 });
});

test('gauges show what waits, and the connections', async () => {
  const { app, registry } = await measuredApp();
  await app.register();
  app.clock.advance(90);
  const { '': rows = 0 } = await samples(registry, 'auth_outbox_rows');
  expect(rows).toBeGreaterThan(0);
  expect(await samples(registry, 'auth_outbox_oldest_age_seconds')).toEqual({ '': 90 });
  expect(await samples(registry, 'auth_deliveries_parked')).toEqual({ '': 0 });
  expect(await samples(registry, 'auth_ready')).toEqual({ '': 1 });
  const { '{state="waiting"}': waiting, '{state="idle"}': idle } = await samples(registry, 'auth_database_connections');
  expect([waiting, (idle ?? 0) > 0]).toEqual([0, true]);
});

describe('the age of the oldest delivery that is due', () => {
  const AGE = 'auth_deliveries_oldest_age_seconds';

  test('grows while a slow mail server keeps emails waiting', async () => {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const mailer = { send: () => promise };
    const { app, registry } = await measuredApp({ background: true, mailer });
    // More than are sent at once.
    for (let count = 0; count < 25; count += 1) await app.register();
    const EARLIER = `update auth_jobs.job set start_after = now() - interval '150 seconds'
      where name = 'auth-emails' and state = 'created' returning id`;
    await until(async () => (await app.database.sql('select from auth_outbox')).length === 0, 'the relay');
    await until(async () => (await app.database.sql(EARLIER)).length > 0, 'emails that wait');
    expect(Math.floor((await samples(registry, AGE))['']! / 60)).toBe(2);
    resolve(undefined);
    await allDelivered(app);
    await until(async () => (await samples(registry, AGE))[''] === 0, 'the next measurement');
  });

  test('is NaN while the job queue is locked, and the events that wait for it are still measured', async () => {
    const { app, registry } = await measuredApp({ background: true });
    await allDelivered(app);
    const unlock = await app.database.lock('auth_jobs.job');
    await app.register();
    app.clock.advance(90);
    const text = await registry.metrics();
    await unlock();
    expect(text).toMatch(/^auth_outbox_oldest_age_seconds 90$/m);
    expect(text).toMatch(/^auth_deliveries_oldest_age_seconds Nan$/im);
    expect(text).toMatch(/^auth_ready 1$/m);
  });
});

test('a scrape of an idle subgraph measures no request that waits for a connection', async () => {
  const { app, registry } = await measuredApp();
  await app.register();
  expect(await registry.metrics()).toMatch(/^auth_database_connections\{state="waiting"\} 0$/m);
});

test('errors below a root field are counted too', async () => {
  const { app, registry } = await measuredApp();
  const { accessToken: token } = await app.register();
  const errors = (): Promise<Record<string, number>> => samples(registry, 'auth_errors_total');
  const none = { '{code="INTERNAL_SERVER_ERROR"}': 0, '{code="SERVICE_UNAVAILABLE"}': 0 };
  await app.request('{ me { nothing } }', {}, { token });
  await app.me('nonsense');
  expect(await errors()).toEqual(none);
  await app.database.sql('alter table auth_security_event rename to elsewhere');
  const { errors: shown } = await app.request('{ me { id securityEvents { nodes { id } } } }', {}, { token });
  await app.database.sql('alter table elsewhere rename to auth_security_event');
  expect(shown).toMatchObject([{ extensions: { code: 'INTERNAL_SERVER_ERROR' } }]);
  expect(await errors()).toEqual({ ...none, '{code="INTERNAL_SERVER_ERROR"}': 1 });
});

test('failures of the revocation feed are counted', async () => {
  const { app, registry } = await measuredApp();
  await app.database.sql('alter table auth_session rename to elsewhere');
  const { status } = await app.auth.handlers.revocations(new Request('https://auth.example.com/revocations'));
  expect(status).toBe(500);
  expect(await samples(registry, 'auth_errors_total')).toMatchObject({ '{code="INTERNAL_SERVER_ERROR"}': 1 });
});

test('a readiness that cannot be determined is NaN, and does not fail the other metrics', async () => {
  const server = new MetricsServer({ host: '127.0.0.1', port: 0 }, recordingLogger().logger);
  await createTestApp({ metrics: server.registry });
  server.reportReadiness(() => Promise.reject(new Error('no answer')));
  expect(await samples(server.registry, 'auth_ready')).toEqual({ '': Number.NaN });
  expect(await server.registry.metrics()).toContain('auth_build_info');
});

test('measuring costs no statement', async () => {
  const { app } = await measuredApp();
  const ada = await app.register();
  expect(await app.database.countStatements(() => app.me(ada.accessToken))).toBe(1);
  expect(await app.database.countStatements(() => app.refresh(ada.refreshToken))).toBe(1);
});

test('a metrics port that is not a registry is refused', async () => {
  const nothing: unknown = {};
  await expect(createTestApp({ metrics: nothing as Registry })).rejects.toThrow(
    'metrics lacks registerMetric(), getMetricsAsArray()',
  );
});

test('a registry that another subgraph uses is refused, and left as it was', async () => {
  const { registry } = await measuredApp();
  const before = registry.getMetricsAsArray().length;
  const refused = createTestApp({ metrics: registry });
  await expect(refused).rejects.toThrow(ConfigError);
  await expect(refused).rejects.toThrow(
    'metrics must be a registry without these metrics: A metric with the name auth_',
  );
  expect(registry.getMetricsAsArray()).toHaveLength(before);
});

test('a scrape before the first start creates no job queue', async () => {
  const { app, registry } = await measuredApp();
  expect(await samples(registry, 'auth_outbox_rows')).toEqual({ '': 0 });
  expect(await samples(registry, 'auth_deliveries_parked')).toEqual({ '': 0 });
  expect(await app.database.sql(`select nspname from pg_namespace where nspname like 'auth_jobs%'`)).toEqual([]);
});

describe('a registry', () => {
  const options = { environment: 'test', database: { url: 'postgresql://nobody@127.0.0.1:1/none' } } as const;
  const jwt = { secret: TEST_SECRET };
  const mailer = { send: (): Promise<void> => Promise.resolve() };
  const namesIn = (registry: Registry): string[] => registry.getMetricsAsArray().map(({ name }) => name);

  test('has the metrics of the next subgraph once the first is closed', async () => {
    const registry = new Registry();
    new Gauge({ name: 'mine', help: 'Mine.', registers: [registry] });
    for (let round = 0; round < 2; round += 1) {
      const auth = await createAuthSubgraph({ ...options, jwt, metrics: registry, logger: silentLogger });
      expect(namesIn(registry)).toContain('auth_operations_total');
      expect(namesIn(registry)).toContain('auth_ready');
      await auth.close();
      expect(namesIn(registry)).toEqual(['mine']);
    }
  });

  test.each([
    [
      'the templates are missing',
      { mail: { from: 'a@example.com', templatesFolder: '/nonexistent' }, mailer },
      undefined,
    ],
    ['one of the names is taken', {}, 'auth_ready'],
    ['another one is taken', {}, 'auth_operations_total'],
  ] as const)('has no more metrics than before if a subgraph is rejected because %s', async (_name, wrong, taken) => {
    const registry = new Registry();
    if (taken !== undefined) new Gauge({ name: taken, help: 'Mine.', registers: [registry] });
    const created = createAuthSubgraph({ ...options, ...wrong, jwt, metrics: registry });
    await expect(created).rejects.toThrow();
    expect(namesIn(registry)).toEqual(taken === undefined ? [] : [taken]);
  });
});
