import { expect, test } from '@jest/globals';
import type { Mailer } from '../../src/core/email/mailer.js';
import { UserLoggedIn } from '../../src/core/authentication/authentication.events.js';
import { UserRegistered } from '../../src/features/registration/registration.events.js';
import { allDelivered } from '../support/deliveries.js';
import type { SignedIn } from '../support/graphql-client.js';
import { RecordingMailer } from '../support/recording-mailer.js';
import { createTestApp, type TestApp } from '../support/test-app.js';
import { until } from '../support/until.js';

/** Each takes the deliveries that it finds when it looks. */
const WORKERS = 4;

/** The users whose events are in the outbox and will be delivered as one batch. */
async function registerFive(app: TestApp): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < 5; n += 1) ids.push((await app.register()).userId);
  await app.database.sql(`delete from auth_outbox where name <> 'UserRegistered'`);
  return ids;
}

/** The number of jobs in a state. */
async function jobsIn({ database }: TestApp, state: string): Promise<number> {
  const rows = await database.sql(`select from auth_jobs.job where name = 'auth-events' and state = $1`, [state]);
  return rows.length;
}

test.each([{ permanent: false }, { permanent: true }])(
  'a delivery that fails, with %j, does not repeat the others of its batch',
  async (fields) => {
    const app = await createTestApp();
    const calls: string[] = [];
    const users = await registerFive(app);
    const [unlucky, ...others] = users;
    app.auth.events.on(UserRegistered, ({ userId }) => {
      calls.push(userId);
      const isFirst = calls.filter((id) => id === userId).length === 1;
      if (userId === unlucky && isFirst) throw Object.assign(new Error('not yet'), fields);
    });
    await app.auth.start();
    await until(() => calls.length >= 5, 'the calls');
    await allDelivered(app);
    expect(calls.filter((id) => id !== unlucky).sort()).toEqual([...others].sort());
    expect(calls.filter((id) => id === unlucky)).toHaveLength(fields.permanent ? 1 : 2);
    expect(await app.auth.deliveries.listParked()).toHaveLength(fields.permanent ? 1 : 0);
  },
);

test('listeners that never return delay no link and no email', async () => {
  const app = await createTestApp();
  const { promise: forEver, resolve: release } = Promise.withResolvers<undefined>();
  let hanging = 0;
  app.auth.events.on(UserLoggedIn, () => {
    hanging += 1;
    return forEver;
  });
  await app.auth.start();
  try {
    const ada = await app.register();
    await until(() => hanging === 1, 'the first call');
    // One by one, so that each occupies another worker.
    for (let calls = 2; calls <= WORKERS; calls += 1) {
      await app.login(ada);
      await until(() => hanging === calls, 'the next call');
    }
    await app.mutate('forgotPassword', { email: ada.email });
    expect(await app.mailer.token(ada.email, 'reset-password')).toBeTruthy();
    expect(await app.mailer.token((await app.register()).email, 'verify-email')).toBeTruthy();
  } finally {
    release(undefined);
  }
});

test('a listener that hangs holds back neither the others of its batch, nor their results, nor later events', async () => {
  const app = await createTestApp();
  const heard: string[] = [];
  const { promise: forEver, resolve: release } = Promise.withResolvers<undefined>();
  const users = await registerFive(app);
  const [hanging, failing, ...others] = users;
  app.auth.events.on(UserRegistered, async ({ userId }) => {
    if (userId === hanging) await forEver;
    heard.push(userId);
    if (userId === failing && heard.filter((id) => id === userId).length === 1) throw new Error('not yet');
  });
  await app.auth.start();
  await until(async () => (await jobsIn(app, 'completed')) === 4, 'the other results');
  expect(await jobsIn(app, 'active')).toBe(1);
  expect(heard.sort()).toEqual([failing ?? '', failing ?? '', ...others].sort());
  const { userId } = await app.register();
  await until(() => heard.includes(userId), 'the later event');
  expect(heard).not.toContain(hanging);
  release(undefined);
  await allDelivered(app);
  expect(heard).toContain(hanging);
});

test('a mail server that does not respond keeps no listener waiting', async () => {
  const mailer = new RecordingMailer();
  const { promise: answer, resolve: respond } = Promise.withResolvers<undefined>();
  const slow: Mailer = { send: (mail) => answer.then(() => mailer.send(mail)) };
  const app = await createTestApp({ mailer: slow, rateLimits: { enabled: false } });
  const heard: string[] = [];
  app.auth.events.on(UserRegistered, ({ userId }) => void heard.push(userId));
  await app.auth.start();
  const users: SignedIn[] = [];
  // More than all workers of a process handle at once.
  for (let n = 0; n < 25; n += 1) users.push(await app.register());
  await until(() => heard.length === users.length, 'the listener');
  respond(undefined);
  await allDelivered(app);
  for (const { email } of users) expect(mailer.to(email, 'verify-email')).toHaveLength(1);
});

test('a listener that never returns is given up and called again, and events are still delivered', async () => {
  const app = await createTestApp();
  const [hung, heard]: [string[], string[]] = [[], []];
  app.auth.events.on(UserRegistered, async ({ userId }) => {
    if (hung.includes(userId)) heard.push(userId);
    else await new Promise(() => hung.push(userId));
  });
  await app.auth.start();
  // The shortest time in which a delivery can be given up, in place of five minutes.
  await app.database.sql(`update auth_jobs.queue set expire_seconds = 6 where name = 'auth-events'`);
  for (let n = 1; n <= 5; n += 1) {
    await app.register();
    await until(() => hung.length === n, 'the call');
  }
  await until(() => heard.length === 5, 'the second calls');
  expect(heard.sort()).toEqual([...hung].sort());
});
