import { expect, test } from '@jest/globals';
import type { Core } from '../../src/core/composition/core.js';
import type { Feature } from '../../src/core/composition/feature.js';
import { FEATURES } from '../../src/features.js';
import { UserRegistered } from '../../src/features/registration/registration.events.js';
import { UserLoggedOut } from '../../src/features/sessions/session.events.js';
import { allDelivered } from '../support/deliveries.js';
import { recordingLogger } from '../support/recording-logger.js';
import { createTestApp, type TestApp } from '../support/test-app.js';
import { until } from '../support/until.js';

const SECONDS = 5;
const EVENT = { userId: '018f0000-0000-7000-8000-000000000001', email: 'ada@example.com' };

/** Commits events on another connection, of which this process knows nothing. */
async function writeElsewhere({ database }: TestApp, name: string, count = 1): Promise<void> {
  await database.sql(
    `insert into auth_outbox (id, name, payload, occurred_at)
     select gen_random_uuid(), $1, $2, clock_timestamp() from generate_series(1, $3)`,
    [name, EVENT, count],
  );
}

test('a service without work settles at two statements a second or fewer', async () => {
  const app = await createTestApp({ background: true });
  await app.register();
  await allDelivered(app);
  const budget = 2 * SECONDS;
  await until(
    async () => {
      const wait = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, SECONDS * 1000));
      return (await app.database.countStatements(wait)) <= budget;
    },
    `${String(SECONDS)} seconds with at most ${String(budget)} statements`,
  );
});

test('an event that another process has committed is delivered', async () => {
  const app = await createTestApp();
  const heard: UserRegistered[] = [];
  app.auth.events.on(UserRegistered, (event) => void heard.push(event));
  await app.auth.start();
  await writeElsewhere(app, 'UserRegistered');
  await until(() => heard.length > 0, 'the event', 10_000);
  expect(heard).toEqual([expect.objectContaining(EVENT)]);
});

/** The server counts these too: a job refers to its queue and to its dead letter queue. */
const CHECKS_OF_A_JOB = 2;

test('a delivery that a process without its listener takes is left to one that has it', async () => {
  const before = await createTestApp();
  const { url } = before.database;
  let calls = 0;
  before.auth.events.on(
    UserLoggedOut,
    () => {
      calls += 1;
      throw new Error('not today');
    },
    'crm',
  );
  await before.auth.start();
  const { accessToken } = await before.register();
  await before.mutate('logout', undefined, { token: accessToken });
  await until(() => calls > 0, 'the first try');
  await before.auth.close();

  const { logger, lines } = recordingLogger();
  const without = await createTestApp({ database: { url }, logger, background: true });
  await until(() => lines().some(({ listener }) => listener === 'UserLoggedOut:crm'), 'a try without the listener');
  await without.auth.close();

  const after = await createTestApp({ database: { url } });
  const heard: string[] = [];
  after.auth.events.on(UserLoggedOut, ({ eventId }) => void heard.push(eventId), 'crm');
  await after.auth.start();
  await until(() => heard.length > 0, 'the delivery');
});

test('a burst of a thousand events costs less than a statement for each', async () => {
  const app = await createTestApp();
  let heard = 0;
  app.auth.events.on(UserRegistered, () => void (heard += 1));
  await app.auth.start();
  const statements = await app.database.countStatements(async () => {
    await writeElsewhere(app, 'UserRegistered', 1000);
    await until(() => heard === 1000, 'the events');
  });
  expect(statements - CHECKS_OF_A_JOB * 1000).toBeLessThan(1000);
});

/** Signs in and out for that many seconds, and returns how often it did and how many statements it took. */
async function signInAndOut(
  app: TestApp,
  { seconds, settled = async () => undefined }: { seconds: number; settled?: () => Promise<unknown> },
): Promise<{ times: number; statements: number }> {
  const { email, password } = await app.register();
  const { deviceToken } = await app.mutate('login', { email, password });
  await settled();
  let times = 0;
  const end = performance.now() + seconds * 1000;
  const statements = await app.database.countStatements(async () => {
    for (; performance.now() < end; times += 1) {
      const { tokens } = await app.mutate('login', { email, password, deviceToken });
      await app.mutate('logout', undefined, { token: tokens?.accessToken });
    }
  });
  return { times, statements };
}

test('while events keep coming, they are relayed four times a second', async () => {
  const options = { rateLimits: { enabled: false } };
  const app = await createTestApp({ ...options, background: true });
  const settled = (): Promise<void> => allDelivered(app);
  const { times, statements } = await signInAndOut(app, { seconds: SECONDS, settled });
  await app.auth.close();
  const quiet = await signInAndOut(await createTestApp(options), { seconds: 0.5 });
  // One to look for events, and one to move them to the audit trail.
  const relays = (statements - (times * quiet.statements) / quiet.times) / 2;
  expect(relays).toBeGreaterThan(SECONDS / 2);
  // The first few come sooner, and the service has other work.
  expect(relays).toBeLessThan(4 * SECONDS + 20);
});

/** A subgraph without a relay, and the outbox as it was each time the relay would have been woken. */
async function createWatchedApp(): Promise<{ app: TestApp; outboxes: Promise<string[]>[] }> {
  const outboxes: Promise<string[]>[] = [];
  let signal: Core['eventSignal'] | undefined;
  const services = ({ eventSignal }: Core): object => {
    signal = eventSignal;
    return {};
  };
  const app = await createTestApp({ features: [...FEATURES, { name: 'watch', services } satisfies Feature] });
  signal?.onCommitted(() => {
    const rows = app.database.sql<{ name: string }>('select name from auth_outbox');
    outboxes.push(rows.then((events) => events.map(({ name }) => name)));
  });
  return { app, outboxes };
}

test('the relay is woken once the events of a mutation are committed, by a statement or by a transaction', async () => {
  const { app, outboxes } = await createWatchedApp();
  const { accessToken: token } = await app.register();
  expect(outboxes).toHaveLength(1);
  expect(await outboxes[0]).toContain('UserRegistered');
  await app.mutate('revokeAllSessions', undefined, { token });
  expect(outboxes).toHaveLength(2);
  expect(await outboxes[1]).toContain('SessionRevoked');
});

test('a mutation that is rolled back wakes the relay at most once, for nothing', async () => {
  const { app, outboxes } = await createWatchedApp();
  const { accessToken: token } = await app.register();
  await app.database.sql('delete from auth_outbox');
  await app.database.sql('alter table auth_session add constraint open check (revoked_at is null)');
  const { errors } = await app.mutation('revokeAllSessions', undefined, { token });
  expect(errors[0]?.extensions.code).toBe('INTERNAL_SERVER_ERROR');
  for (const outbox of outboxes.slice(1)) expect(await outbox).toEqual([]);
  expect(outboxes.length).toBeLessThanOrEqual(2);
});

test('requests that record no events do not wake the relay', async () => {
  const { app, outboxes } = await createWatchedApp();
  const { accessToken, refreshToken } = await app.register();
  await app.me(accessToken);
  await app.refresh(refreshToken);
  expect(outboxes).toHaveLength(1);
});
