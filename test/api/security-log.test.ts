import { expect, test } from '@jest/globals';
import type { DomainEvent, EventClass } from '../../src/core/events/domain-event.js';
import { EVENT_CLASSES } from '../../src/features.js';
import { allDelivered } from '../support/deliveries.js';
import { documentedTable } from '../support/documented-table.js';
import { causeEveryEvent, registerTwice } from '../support/every-event.js';
import { newEmail } from '../support/graphql-client.js';
import { recordingLogger } from '../support/recording-logger.js';
import { createTestApp, type TestApp, type TestOptions } from '../support/test-app.js';

interface Heard {
  /** The names of all stored events. */
  readonly stored: string[];
  /** What listeners receive: no event whose token has been replaced. */
  readonly events: DomainEvent[];
  readonly lines: Record<string, unknown>[];
  readonly text: string;
}

/** Every event that happens during some work, and what is logged of it. */
async function hear(work: (app: TestApp) => Promise<void>, options: TestOptions = {}): Promise<Heard> {
  const { logger, lines, text } = recordingLogger();
  const app = await createTestApp({ ...options, logger });
  const events = new Map<string, DomainEvent>();
  for (const type of Object.values<EventClass>(EVENT_CLASSES))
    app.auth.events.on(type, (event) => void events.set(event.eventId, event), 'every-event');
  await app.database.sql(`
    create table stored_event (name text);
    create function keep_event() returns trigger language plpgsql as
      $$ begin insert into stored_event values (new.name); return new; end $$;
    create trigger keep_event after insert on auth_outbox for each row execute function keep_event()`);
  await app.auth.start();
  await work(app);
  await allDelivered(app);
  const stored = await app.database.sql<{ name: string }>('select name from stored_event');
  return {
    stored: stored.map(({ name }) => name),
    events: [...events.values()],
    lines: lines().filter(({ event }) => event !== undefined),
    text: text(),
  };
}

/** What the page on security says about the fields of a line. */
const NAMES: Readonly<Record<string, string>> = {
  email: 'address',
  newEmail: 'newAddress',
  previousEmail: 'previousAddress',
  deviceInfo: 'userAgent',
};
const NOT_LOGGED = ['token', 'expiresAt', 'claimId'];
const OF_EVERY_LINE = ['level', 'time', 'pid', 'hostname', 'msg', 'event', 'eventId', 'occurredAt'];

/** The documented fields of each event, by their names in the log. */
const documented = new Map(
  documentedTable('events').map((row) => {
    const fields = (row['Fields'] ?? '').replaceAll('`', '').split(', ');
    const logged = fields.filter((field) => !NOT_LOGGED.includes(field)).map((field) => NAMES[field] ?? field);
    // The line of a rejected password also says which address was tried.
    return [row['Event'] ?? '', row['Event'] === 'SignInFailed' ? [...logged, 'address'] : logged] as const;
  }),
);

/** How often each name occurs. */
function tally(names: readonly unknown[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[String(name)] = (counts[String(name)] ?? 0) + 1;
  return counts;
}

/** What an operator wrote, which could name anyone. */
const isProse = (line: Record<string, unknown>, field: string): boolean =>
  line['event'] === 'UserDeactivated' && field === 'reason';

test('every event produces one line with its documented fields, and no line contains an address or a token', async () => {
  const both = [
    await hear(causeEveryEvent),
    await hear(registerTwice, { registration: { requireEmailVerification: true } }),
  ];
  const lines = both.flatMap((heard) => heard.lines);
  const events = both.flatMap((heard) => heard.events);
  const stored = tally(both.flatMap((heard) => heard.stored));
  expect(tally(lines.map(({ event }) => event))).toEqual(stored);
  expect(Object.keys(stored).sort()).toEqual(Object.keys(EVENT_CLASSES).sort());
  for (const line of lines) {
    const fields = Object.keys(line).filter((field) => !OF_EVERY_LINE.includes(field));
    // A replay is logged with the client that presented the token.
    const extra = line['event'] === 'RefreshTokenReuseDetected' ? ['ipAddress', 'userAgent'] : [];
    expect([line['event'], fields.sort()]).toEqual([
      line['event'],
      [...(documented.get(String(line['event'])) ?? []), ...extra].filter((field) => !isProse(line, field)).sort(),
    ]);
  }
  const secrets = events.flatMap((event) =>
    Object.entries(event).flatMap(([field, value]) => (/email$|^token$/i.test(field) ? [String(value)] : [])),
  );
  expect(secrets.length).toBeGreaterThan(10);
  for (const secret of secrets) for (const { text } of both) expect(text).not.toContain(secret);
});

test('a sign-in is logged with the user, the session, the method and the client', async () => {
  const email = newEmail();
  const { lines } = await hear(async (app) => {
    const password = 'correct horse battery staple';
    await app.mutate('register', { email, password });
    // Events of one instant have no order.
    app.clock.advance(1);
    await app.mutate('login', { email, password }, { headers: { 'user-agent': 'Firefox' } });
  });
  const signIns = lines.filter(({ event }) => event === 'UserLoggedIn');
  expect(signIns).toMatchObject([
    { level: 30, newDevice: false },
    {
      ...{ level: 30, methods: ['pwd'], ipAddress: '127.0.0.1', userAgent: 'Firefox', newDevice: true },
      ...{ userId: expect.any(String) as unknown, sessionId: expect.any(String) as unknown },
      ...{ occurredAt: expect.stringMatching(/^\d{4}-.*Z$/) as unknown, msg: 'a security event' },
    },
  ]);
  const [first, second] = signIns.map(({ address }) => address);
  expect(first).toBe(second);
});

test('reading and refreshing are not logged', async () => {
  const { lines } = await hear(async (app) => {
    const { accessToken: token, refreshToken } = await app.register();
    await app.request('{ me { id } }', {}, { token });
    await app.refresh(refreshToken);
  });
  expect(tally(lines.map(({ event }) => event))).toEqual({
    ...{ UserRegistered: 1, UserLoggedIn: 1, VerificationLinkRequested: 1, EmailVerificationRequested: 1 },
  });
});

test('two processes on one database log each event once', async () => {
  const { logger, lines } = recordingLogger();
  const app = await createTestApp({ logger });
  const other = await createTestApp({ logger, throughGate: async () => app.database.url });
  await Promise.all([app.auth.start(), other.auth.start()]);
  const users = await Promise.all(Array.from({ length: 10 }, () => app.register()));
  await allDelivered(app);
  const signIns = lines().filter(({ event }) => event === 'UserLoggedIn');
  expect(signIns.map(({ userId }) => userId).sort()).toEqual(users.map(({ userId }) => userId).sort());
});
