import { describe, expect, test } from '@jest/globals';
import { UserLoggedOut } from '../../src/features/sessions/session.events.js';
import { UserRegistered } from '../../src/features/registration/registration.events.js';
import { createSmtpMailer } from '../../src/core/email/smtp.js';
import { allDelivered } from '../support/deliveries.js';
import { newEmail } from '../support/graphql-client.js';
import { startMailServer } from '../support/mail-server.js';
import { newPrivateKey } from '../support/new-private-key.js';
import { recordingLogger } from '../support/recording-logger.js';
import { createTestApp } from '../support/test-app.js';
import { until } from '../support/until.js';

test('a delivery that failed for the last time is parked, listed, and delivered when it is replayed', async () => {
  const app = await createTestApp();
  const state = { broken: true, calls: 0, heard: [] as string[] };
  app.auth.events.on(UserLoggedOut, ({ eventId }) => {
    state.calls += 1;
    if (state.broken) throw new Error('not today');
    state.heard.push(eventId);
  });
  await app.auth.start();
  const { accessToken } = await app.register();
  await app.mutate('logout', undefined, { token: accessToken });
  await until(() => state.calls > 0, 'the first try');
  // As if a day of tries had passed: the next one is the last.
  const lastTry = `update auth_jobs.job set retry_count = retry_limit, start_after = clock_timestamp()
    where name = 'auth-events' and data->>'listener' = 'UserLoggedOut:listener' and state = 'retry'`;
  await until(async () => {
    await app.database.sql(lastTry);
    return (await app.auth.deliveries.listParked()).length > 0;
  }, 'the parked delivery');
  const [parked] = await app.auth.deliveries.listParked();
  expect(parked).toMatchObject({ listener: 'UserLoggedOut:listener', eventName: 'UserLoggedOut' });
  state.broken = false;
  expect(await app.auth.deliveries.replayParked()).toBe(1);
  await until(() => state.heard.length > 0, 'the replayed delivery');
  expect(state.heard).toEqual([parked?.eventId]);
  expect(await app.auth.deliveries.listParked()).toEqual([]);
});

test('all parked deliveries are listed, even if there are thousands, and each can be replayed', async () => {
  const app = await createTestApp();
  const heard: string[] = [];
  app.auth.events.on(UserLoggedOut, ({ eventId }) => void heard.push(eventId), 'other');
  await app.auth.start();
  const count = 2500;
  await app.database.sql(`insert into auth_jobs.job_common (name, data, created_on, source_name)
    select 'auth-events-parked', jsonb_build_object('listener', 'UserLoggedOut:other', 'event', jsonb_build_object(
      'id', gen_random_uuid(), 'name', 'UserLoggedOut', 'occurredAt', now(),
      'payload', jsonb_build_object('userId', gen_random_uuid(), 'sessionId', gen_random_uuid()))),
      now() - interval '1 day' + n / 2 * interval '1 second', 'auth-events' from generate_series(1, ${String(count)}) n`);
  const parked = await app.auth.deliveries.listParked();
  expect(new Set(parked.map(({ eventId }) => eventId)).size).toBe(count);
  const last = parked.at(-1)?.eventId ?? '';
  expect(await app.auth.deliveries.replayParked([last.toUpperCase()])).toBe(1);
  await until(() => heard.length > 0, 'the replayed delivery');
  expect(heard).toEqual([last]);
  expect(await app.auth.deliveries.listParked()).toHaveLength(count - 1);
});

describe('a delivery is parked at once', () => {
  test('if the mail server permanently rejects the recipient; others get their emails', async () => {
    const [bounced, welcome] = [newEmail(), newEmail()];
    const tries: string[] = [];
    const mails = await startMailServer({
      refuse: (recipient) => {
        tries.push(recipient);
        return recipient === bounced ? 550 : undefined;
      },
    });
    const mailer = createSmtpMailer({ url: mails.url, from: 'no-reply@acme.example' });
    const { logger, lines, text } = recordingLogger();
    const app = await createTestApp({ mailer, logger, background: true });
    await app.register({ email: bounced });
    await until(async () => (await app.auth.deliveries.listParked()).length > 0, 'the parked delivery');
    await app.register({ email: welcome });
    await mails.token(welcome, 'verify-email');
    await allDelivered(app);
    expect(tries).toEqual([bounced, welcome]);
    const [parked, ...others] = await app.auth.deliveries.listParked();
    expect(parked).toMatchObject({
      listener: 'EmailVerificationRequested:mail',
      error: 'MailDeliveryError EENVELOPE 550',
    });
    expect(others).toEqual([]);
    expect(lines()).toContainEqual(
      expect.objectContaining({ eventId: parked?.eventId, msg: 'a listener failed for good; the delivery is parked' }),
    );
    expect(text()).not.toContain(bounced);
  });

  test('if a listener throws a permanent error; other listeners are not affected', async () => {
    const app = await createTestApp();
    const calls: string[] = [];
    const permanent: unknown[] = [
      Object.assign(new Error('no such customer'), { permanent: true }),
      { permanent: true, secret: 'hunter2' },
    ];
    permanent.forEach((failure, at) => {
      const fail = (): never => {
        calls.push(`failing-${String(at)}`);
        throw failure;
      };
      app.auth.events.on(UserRegistered, fail, `failing-${String(at)}`);
    });
    app.auth.events.on(UserRegistered, () => void calls.push('other'), 'other');
    await app.auth.start();
    await app.register();
    await until(async () => (await app.auth.deliveries.listParked()).length === 2, 'the parked deliveries');
    await allDelivered(app);
    expect(calls.sort()).toEqual(['failing-0', 'failing-1', 'other']);
    const parked = await app.auth.deliveries.listParked();
    expect(parked.map(({ error }) => error).sort()).toEqual(['Error', 'object']);
    const stored = await app.database.sql('select j::text as text from auth_jobs.job j');
    expect(JSON.stringify(stored)).not.toMatch(/no such customer|hunter2/);
  });

  test('if another secret is configured than the one that its token is derived from', async () => {
    const app = await createTestApp();
    const ada = await app.register();
    const theirs = newEmail();
    const input = { newEmail: theirs, currentPassword: ada.password };
    await app.mutate('changeEmail', input, { token: ada.accessToken });
    const other = await createTestApp({
      ...{ database: { url: app.database.url }, clock: app.clock, background: true },
      jwt: { secret: 'another secret that nobody else has ever used' },
    });
    await until(async () => (await app.auth.deliveries.listParked()).length === 2, 'the parked deliveries');
    expect((await app.auth.deliveries.listParked())[0]?.error).toBe('LostTokenKeyError');
    await other.auth.close();
    await app.auth.start();
    expect(await app.auth.deliveries.replayParked()).toBe(2);
    const token = await app.mailer.token(theirs, 'change-email-confirm');
    const outcome = await app.mutate('confirmEmailChange', { token }, { token: ada.accessToken });
    expect(outcome.__typename).toBe('EmailChanged');
  });

  test('if the key that its token is derived from is gone', async () => {
    const [key, another] = [newPrivateKey(), newPrivateKey()];
    const app = await createTestApp({ jwt: { secret: undefined, keys: [key] } });
    const ada = await app.register();
    const theirs = newEmail();
    const input = { newEmail: theirs, currentPassword: ada.password };
    await app.mutate('changeEmail', input, { token: ada.accessToken });
    app.auth.useKeys([another]);
    await app.auth.start();
    await until(async () => (await app.auth.deliveries.listParked()).length === 2, 'the parked deliveries');
    await allDelivered(app);
    app.auth.useKeys([another, key]);
    expect(await app.auth.deliveries.replayParked()).toBe(2);
    const token = await app.mailer.token(theirs, 'change-email-confirm');
    const outcome = await app.mutate('confirmEmailChange', { token }, { token: ada.accessToken });
    expect(outcome.__typename).toBe('EmailChanged');
  });
});

test.each([{ permanent: false }, { permanent: 'true' }, {}])(
  'a delivery whose failure has %j is retried',
  async (fields) => {
    const app = await createTestApp();
    const tries: string[] = [];
    app.auth.events.on(UserRegistered, ({ eventId }) => {
      tries.push(eventId);
      if (tries.length < 2) throw Object.assign(new Error('not yet'), fields);
    });
    await app.auth.start();
    await app.register();
    await allDelivered(app);
    expect(tries).toHaveLength(2);
    expect(await app.auth.deliveries.listParked()).toEqual([]);
  },
);
