import { expect, test } from '@jest/globals';
import { EmailVerificationRequested } from '../../src/features/email-verification/email-verification.events.js';
import { UserLoggedIn } from '../../src/core/authentication/authentication.events.js';
import { DomainEvent } from '../../src/core/events/domain-event.js';
import { RolesChanged } from '../../src/features/roles/role.events.js';
import { UserRegistered } from '../../src/features/registration/registration.events.js';
import { allDelivered } from '../support/deliveries.js';
import { recordingLogger } from '../support/recording-logger.js';
import { createTestApp, type TestApp } from '../support/test-app.js';
import { until } from '../support/until.js';

/** The listeners that jobs were made for, in the order of their names. */
async function listenersWithJobs({ database }: TestApp): Promise<string[]> {
  const rows = await database.sql<{ listener: string }>(
    `select data->>'listener' as listener from auth_jobs.job where name in ('auth-events', 'auth-emails') order by 1`,
  );
  return rows.map(({ listener }) => listener);
}

test('an event that no listener wants creates no job', async () => {
  const app = await createTestApp({ background: true });
  const { email, password, userId } = await app.register();
  const { deviceToken } = await app.mutate('login', { email, password });
  await app.mailer.next(email, 'new-device');
  await allDelivered(app);
  const before = await listenersWithJobs(app);
  expect(before.filter((listener) => listener.startsWith('UserLoggedIn'))).toHaveLength(1);
  const { tokens } = await app.mutate('login', { email, password, deviceToken });
  await app.mutate('logout', undefined, { token: tokens?.accessToken });
  await app.mutate('login', { email, password: 'wrong', deviceToken });
  await app.auth.services.roles.set(userId, ['editor']);
  await allDelivered(app);
  expect(await listenersWithJobs(app)).toEqual(before);
});

test('a listener receives only the events that its filter wants', async () => {
  const app = await createTestApp();
  const heard: UserLoggedIn[] = [];
  const options = { name: 'fraud', wants: ({ newDevice }: Pick<UserLoggedIn, 'newDevice'>) => newDevice };
  app.auth.events.on(UserLoggedIn, (event) => void heard.push(event), options);
  await app.auth.start();
  const ada = await app.register();
  const { session } = await app.mutate('login', { email: ada.email, password: ada.password });
  await until(() => heard.length > 0, 'the event');
  await allDelivered(app);
  expect(heard.map(({ sessionId }) => sessionId)).toEqual([session?.id]);
});

test.each([undefined, null, 0, ''])('a filter that returns %j wants the event: only false does not', async (answer) => {
  const app = await createTestApp();
  const heard: string[] = [];
  app.auth.events.on(UserRegistered, ({ userId }) => void heard.push(userId), {
    wants: (() => answer) as unknown as () => boolean,
  });
  await app.auth.start();
  const { userId } = await app.register();
  await until(() => heard.length > 0, 'the event');
  expect(heard).toEqual([userId]);
});

test('a filter sees the event without its token', async () => {
  const app = await createTestApp();
  const seen: object[] = [];
  const wants = (event: object): boolean => Boolean(seen.push(event));
  app.auth.events.on(EmailVerificationRequested, () => undefined, { wants });
  await app.auth.start();
  const { email, userId } = await app.register();
  await until(() => seen[0], 'the event');
  expect(seen[0]).toBeInstanceOf(EmailVerificationRequested);
  expect({ ...seen[0] }).toEqual({
    ...{ email, userId, occurredAt: app.clock.now() },
    eventId: expect.any(String) as unknown,
    actor: { kind: 'ANONYMOUS', id: null },
  });
});

test('what a filter changes in an event reaches neither its listener nor the audit trail nor the log', async () => {
  const { logger, lines } = recordingLogger();
  const app = await createTestApp({ logger });
  const heard: RolesChanged[] = [];
  const wants = ({ roles, actor, occurredAt }: RolesChanged): boolean => {
    (roles as string[]).length = 0;
    Object.assign(actor, { kind: 'OPERATOR' });
    occurredAt.setFullYear(2000);
    return true;
  };
  app.auth.events.on(RolesChanged, (event) => void heard.push(event), { wants });
  await app.auth.start();
  const { userId } = await app.register();
  await app.auth.services.roles.set(userId, ['editor']);
  await until(() => heard.length > 0, 'the event');
  const occurredAt = app.clock.now();
  expect(heard).toEqual([
    expect.objectContaining({ roles: ['editor'], occurredAt, actor: { kind: 'SYSTEM', id: null } }),
  ]);
  const trail = await app.database.sql(
    `select actor_kind, details->'roles' as roles from auth_security_event where name = 'RolesChanged'`,
  );
  expect(trail).toEqual([{ actor_kind: 'SYSTEM', roles: ['editor'] }]);
  expect(lines().filter(({ event }) => event === 'RolesChanged')).toEqual([
    expect.objectContaining({ roles: ['editor'] }),
  ]);
});

test('a listener that would never be called is rejected', async () => {
  const { events } = (await createTestApp()).auth;
  class UserDeleted extends DomainEvent {
    static readonly trail = false;
  }
  const ignore = (): void => undefined;
  for (const type of [undefined, null, 'UserRegistered', {}, UserDeleted])
    expect(() => events.on(type as never, ignore)).toThrow(
      /^(undefined|null|User\w+|\[object Object\]) is not the class/,
    );
  for (const listen of [undefined, null, 'listen', {}])
    expect(() => events.on(UserRegistered, listen as never)).toThrow('the listener must be a function');
  expect(() => events.on(UserRegistered, ignore, { wants: true as never })).toThrow('the filter must be a function');
});

test.each<[string, () => unknown, string]>([
  [
    'throws',
    (): never => {
      throw new RangeError('hunter2');
    },
    'RangeError',
  ],
  ['returns a promise', async () => Promise.reject(new RangeError('hunter2')), 'TypeError'],
])('an event whose filter %s is delivered, and the failure is logged once, without its message', async (...given) => {
  const [, filter, error] = given;
  const { logger, lines, text } = recordingLogger();
  const app = await createTestApp({ logger });
  const heard: string[] = [];
  const wants = filter as () => boolean;
  app.auth.events.on(UserRegistered, ({ userId }) => void heard.push(userId), { name: 'crm', wants });
  await app.auth.start();
  const users = [await app.register(), await app.register(), await app.register()];
  await until(() => heard.length === 3, 'the events');
  expect(heard.sort()).toEqual(users.map(({ userId }) => userId).sort());
  const told = lines().filter(({ msg }) => msg === 'an event filter failed');
  expect(told).toEqual([expect.objectContaining({ level: 50, listener: 'UserRegistered:crm', error })]);
  expect(text()).not.toContain('hunter2');
});

test('a filter also applies to deliveries from before the listener had it', async () => {
  const before = await createTestApp();
  const calls: string[] = [];
  before.auth.events.on(UserRegistered, () => {
    calls.push('before');
    throw new Error('not yet');
  });
  await before.auth.start();
  await before.register();
  await until(() => calls.length > 0, 'the first call');
  await before.auth.close();
  const after = await createTestApp({ throughGate: async () => before.database.url });
  after.auth.events.on(UserRegistered, () => void calls.push('after'), { wants: () => false });
  await after.auth.start();
  await allDelivered(before);
  expect(new Set(calls)).toEqual(new Set(['before']));
});
