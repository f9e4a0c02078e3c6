import { beforeAll, describe, expect, test } from '@jest/globals';
import { EVENT_CLASSES } from '../../src/features.js';
import { UserRegistered } from '../../src/features/registration/registration.events.js';
import type { DomainEvent, EventClass } from '../../src/core/events/domain-event.js';
import { DEFAULT_PASSWORD, newEmail } from '../support/graphql-client.js';
import { createTestApp, type TestApp, type TestOptions } from '../support/test-app.js';

const NEW_PASSWORD = 'a brand new pass phrase';
const HOUR = 60 * 60;
const DAY = 24 * HOUR;

const ORIGIN = { ipAddress: '127.0.0.1', userAgent: 'lightMyRequest' };

/** A running app, and every event that its listeners have heard. */
async function createListeningApp(options: TestOptions = {}): Promise<{ app: TestApp; heard: DomainEvent[] }> {
  const app = await createTestApp(options);
  const heard: DomainEvent[] = [];
  for (const type of Object.values<EventClass>(EVENT_CLASSES))
    app.auth.events.on(type, (event) => void heard.push(event), 'test');
  await app.auth.start();
  return { app, heard };
}

async function until(isSo: () => boolean): Promise<void> {
  for (let wait = 0; wait < 400 && !isSo(); wait += 1) await new Promise((resolve) => setTimeout(resolve, 50));
}

let app: TestApp;
let heard: DomainEvent[];
beforeAll(async () => {
  ({ app, heard } = await createListeningApp());
});

/** Waits for the event of a class that holds these fields. */
type EventName = keyof typeof EVENT_CLASSES;

async function eventOf(name: EventName, fields: object): Promise<DomainEvent | undefined> {
  const found = (): DomainEvent | undefined =>
    heard.find(
      (event) =>
        event.constructor === EVENT_CLASSES[name] &&
        Object.entries(fields).every(([key, value]) => Reflect.get(event, key) === value),
    );
  await until(() => found() !== undefined);
  return found();
}

/** Expects an event with exactly these fields, beside its id and time. */
async function expectEvent(name: EventName, key: object, fields: object = key): Promise<void> {
  const event = await eventOf(name, key);
  expect(Object.assign({}, event)).toEqual({
    ...fields,
    eventId: expect.stringMatching(/^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-/) as unknown,
    occurredAt: app.clock.now(),
    actor: expect.objectContaining({ kind: expect.any(String) as unknown }) as unknown,
  });
  expect(event).toBeInstanceOf(EVENT_CLASSES[name]);
}

describe('listeners receive events', () => {
  test('for a new account, its first session, and the link in the email', async () => {
    const { email, userId, sessionId } = await app.register();
    await expectEvent('UserRegistered', { userId, email });
    await expectEvent('UserLoggedIn', { userId }, loggedIn({ userId, email, sessionId, newDevice: false }));
    await expectEvent('VerificationLinkRequested', { email }, { email, claimId: null });
    await expectEvent('EmailVerificationRequested', { userId }, { userId, email, ...tokenFor(DAY) });
  });

  test('for a sign-in on a new device, and on a known one', async () => {
    const { email, password, userId } = await app.register();
    const headers = { 'user-agent': 'Firefox' };
    const first = await app.mutate('login', { email, password }, { headers });
    const second = await app.mutate('login', { email, password, deviceToken: first.deviceToken }, { headers });
    for (const [{ session }, newDevice] of [[first, true] as const, [second, false] as const]) {
      const sessionId = session?.id ?? '';
      const fields = { ...loggedIn({ userId, email, sessionId, newDevice }), deviceInfo: 'Firefox' };
      await expectEvent('UserLoggedIn', { sessionId }, fields);
    }
  });

  test('for a sign-out', async () => {
    const { userId, sessionId, accessToken } = await app.register();
    await app.mutate('logout', undefined, { token: accessToken });
    await expectEvent('UserLoggedOut', { userId, sessionId });
    await expectEvent('SessionRevoked', { sessionId }, { userId, sessionId, reason: 'LOGGED_OUT' });
  });

  test('for the token in an email, and for the address that it verifies', async () => {
    const { userId, email } = await app.register();
    const event = await eventOf('EmailVerificationRequested', { userId });
    expect(Reflect.get(event ?? {}, 'token')).toBe(await app.mailer.token(email, 'verify-email'));
    await app.mutate('verifyEmail', { token: Reflect.get(event ?? {}, 'token') as unknown });
    await expectEvent('EmailVerified', { userId, email });
  });

  test('for a password reset', async () => {
    const { email, userId, sessionId } = await app.register();
    await app.mutate('forgotPassword', { email });
    await expectEvent('PasswordResetLinkRequested', { email });
    await expectEvent('PasswordResetRequested', { userId }, { userId, email, ...tokenFor(HOUR) });
    const token = Reflect.get((await eventOf('PasswordResetRequested', { userId })) ?? {}, 'token') as unknown;
    await app.mutate('resetPassword', { token, newPassword: NEW_PASSWORD });
    await expectEvent('PasswordReset', { userId });
    await expectEvent('SessionRevoked', { sessionId }, { userId, sessionId, reason: 'PASSWORD_RESET' });
  });

  test('for a password change', async () => {
    const ada = await app.register();
    const { userId, sessionId } = await app.login(ada);
    const input = { currentPassword: ada.password, newPassword: NEW_PASSWORD };
    await app.mutate('changePassword', input, { token: ada.accessToken });
    await expectEvent('PasswordChanged', { userId });
    await expectEvent('SessionRevoked', { sessionId }, { userId, sessionId, reason: 'PASSWORD_CHANGED' });
  });

  test('for a change of address', async () => {
    const { email, userId, password, accessToken } = await app.register();
    const { sessionId } = await app.login({ email, password });
    const to = newEmail();
    await app.mutate('changeEmail', { newEmail: to, currentPassword: password }, { token: accessToken });
    await expectEvent('EmailChangeRequested', { userId }, { userId, email, newEmail: to, ...tokenFor(DAY) });
    const token = Reflect.get((await eventOf('EmailChangeRequested', { userId })) ?? {}, 'token') as unknown;
    await app.mutate('confirmEmailChange', { token }, { token: accessToken });
    await expectEvent('EmailChanged', { userId }, { userId, email: to, previousEmail: email, verified: true });
    await expectEvent('SessionRevoked', { sessionId }, { userId, sessionId, reason: 'EMAIL_CHANGED' });
  });

  test('for a lockout, and for its end', async () => {
    const { email, userId } = await app.register();
    for (let time = 0; time < 5; time += 1) await app.mutate('login', { email, password: 'wrong' });
    await expectEvent('AccountLocked', { userId }, { userId, failedAttempts: 5 });
    await app.auth.services.unlock.unlock(email);
    await expectEvent('AccountUnlocked', { userId });
  });

  test('for revoked sessions', async () => {
    const ada = await app.register();
    const { userId, sessionId } = await app.login(ada);
    await app.mutate('revokeSession', { sessionId }, { token: ada.accessToken });
    await expectEvent('SessionRevoked', { sessionId }, { userId, sessionId, reason: 'REVOKED' });
  });

  test('for a replayed refresh token', async () => {
    const { userId, sessionId, refreshToken } = await app.register();
    const { tokens } = await app.refresh(refreshToken);
    await app.refresh(tokens?.refreshToken ?? '');
    app.clock.advance(31);
    await app.refresh(refreshToken);
    await expectEvent('RefreshTokenReuseDetected', { userId, sessionId });
    await expectEvent('SessionRevoked', { sessionId }, { userId, sessionId, reason: 'REFRESH_TOKEN_REPLAYED' });
  });

  test('for a wrong password, and for one that was not compared', async () => {
    const { email, userId } = await app.register();
    for (let time = 0; time < 6; time += 1) await app.mutate('login', { email, password: 'wrong' });
    const from = { userId, sessionId: null, ...ORIGIN };
    for (const reason of ['INVALID_CREDENTIALS', 'ACCOUNT_LOCKED'])
      await expectEvent('SignInFailed', { userId, reason }, { ...from, reason });
    const failures = (): DomainEvent[] =>
      heard.filter((event) => event.constructor.name === 'SignInFailed' && Reflect.get(event, 'userId') === userId);
    await until(() => failures().length === 6);
    expect(failures()).toHaveLength(6);
  });

  test('for a password for an address without an account, without the address', async () => {
    const email = newEmail();
    await app.mutate('login', { email, password: 'wrong' }, { headers: { 'user-agent': email.toUpperCase() } });
    const device = { userAgent: email.toUpperCase() };
    const nobody = { userId: null, sessionId: null, reason: 'INVALID_CREDENTIALS' };
    await expectEvent('SignInFailed', device, { ...nobody, ...ORIGIN, ...device });
  });

  test.each([
    ['changePassword', { newPassword: NEW_PASSWORD }],
    ['changeEmail', { newEmail: newEmail() }],
  ])('for a wrong password in %s', async (field, input) => {
    const { accessToken: token, sessionId, userId } = await app.register();
    expect((await app.mutate(field, { ...input, currentPassword: 'wrong' }, { token })).__typename).toBe(
      'InvalidCredentialsError',
    );
    const fields = { userId, sessionId, reason: 'INVALID_CREDENTIALS', ...ORIGIN };
    await expectEvent('SignInFailed', { sessionId }, fields);
  });

  test('once for each change', async () => {
    const { userId } = await app.register();
    await eventOf('EmailVerificationRequested', { userId });
    const ids = heard.map(({ eventId }) => eventId);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

test('listeners receive an event for a rejected registration even if the response does not reveal it', async () => {
  const strict = await createListeningApp({ registration: { requireEmailVerification: true } });
  const email = newEmail();
  await strict.app.mutate('register', { email, password: DEFAULT_PASSWORD });
  await strict.app.mutate('verifyEmail', { token: await strict.app.mailer.token(email, 'verify-email') });
  strict.app.clock.advance(60);
  await strict.app.mutate('register', { email, password: DEFAULT_PASSWORD });
  const refusals = (): DomainEvent[] =>
    strict.heard.filter((event) => event.constructor.name === 'RegistrationRefused');
  const registrations = (): DomainEvent[] => strict.heard.filter((event) => event instanceof UserRegistered);
  await until(() => refusals().length > 0 && registrations().length > 0);
  expect(refusals()).toEqual([expect.objectContaining({ email })]);
  expect(registrations()).toHaveLength(1);
});

describe('a listener that throws', () => {
  test('is called again with the same event, and neither the mutation nor other listeners notice', async () => {
    const own = await createTestApp();
    const [failing, other]: [DomainEvent[], DomainEvent[]] = [[], []];
    own.auth.events.on(
      UserRegistered,
      (event) => {
        failing.push(event);
        if (failing.length < 3) throw new Error('not yet');
      },
      'failing',
    );
    own.auth.events.on(UserRegistered, (event) => void other.push(event), 'other');
    await own.auth.start();
    const ada = await own.register();
    await until(() => failing.length === 3);
    expect(failing.map(({ eventId }) => eventId)).toEqual(Array(3).fill(failing[0]?.eventId));
    expect(failing[2]).toEqual(failing[0]);
    expect(failing[0]).toMatchObject({ userId: ada.userId });
    expect(other).toEqual([failing[0]]);
    await own.mailer.next(ada.email, 'verify-email');
  });

  test('gets the token with the event again', async () => {
    const own = await createTestApp();
    const tokens: string[] = [];
    own.auth.events.on(EVENT_CLASSES.EmailVerificationRequested, ({ token }) => {
      tokens.push(token);
      if (tokens.length < 2) throw new Error('not yet');
    });
    await own.auth.start();
    const ada = await own.register();
    await until(() => tokens.length === 2);
    expect(tokens[1]).toBe(tokens[0]);
    expect((await own.mutate('verifyEmail', { token: tokens[1] })).user?.id).toBe(ada.userId);
  });
});

describe('events and changes are written together', () => {
  test('events from before the start are delivered after it', async () => {
    const own = await createTestApp();
    const ada = await own.register();
    const events: DomainEvent[] = [];
    own.auth.events.on(UserRegistered, (event) => void events.push(event));
    await own.auth.start();
    await until(() => events.length > 0);
    expect(events).toEqual([expect.objectContaining({ userId: ada.userId, email: ada.email })]);
  });

  test('a change that is rolled back leaves no event', async () => {
    const { email, userId, password } = await app.register();
    await app.mutate('forgotPassword', { email });
    const token = await app.mailer.token(email, 'reset-password');
    await app.database.sql('alter table auth_login_attempt rename to elsewhere');
    const failed = await app.mutation('resetPassword', { token, newPassword: NEW_PASSWORD });
    await app.database.sql('alter table elsewhere rename to auth_login_attempt');
    expect(failed.errors[0]?.extensions.code).toBe('INTERNAL_SERVER_ERROR');
    expect((await app.login({ email, password })).userId).toBe(userId);
    expect(await app.mutate('resetPassword', { token, newPassword: NEW_PASSWORD })).toMatchObject({
      __typename: 'PasswordChanged',
    });
    await eventOf('PasswordReset', { userId });
    const resets = heard.filter((event) => event.constructor.name === 'PasswordReset');
    expect(resets.filter((event) => Reflect.get(event, 'userId') === userId)).toHaveLength(1);
  });

  test('a change whose event cannot be stored is not made', async () => {
    const own = await createTestApp();
    const ada = await own.register();
    const email = newEmail();
    await own.database.sql('alter table auth_outbox rename to elsewhere');
    const registration = await own.mutation('register', { email, password: DEFAULT_PASSWORD });
    const logout = await own.mutation('logout', undefined, { token: ada.accessToken });
    await own.database.sql('alter table elsewhere rename to auth_outbox');
    for (const { errors } of [registration, logout]) expect(errors[0]?.extensions.code).toBe('INTERNAL_SERVER_ERROR');
    expect((await own.me(ada.accessToken)).errors).toEqual([]);
    expect((await own.register({ email })).email).toBe(email);
  });

  test('no token is stored, neither in the outbox nor in a job', async () => {
    const { email, userId } = await app.register();
    const token = await app.mailer.token(email, 'verify-email');
    const event = await eventOf('EmailVerificationRequested', { userId });
    expect(Reflect.get(event ?? {}, 'token')).toBe(token);
    const tables = await app.database.sql<{ name: string }>(
      `select format('%I.%I', table_schema, table_name) as name from information_schema.tables
       where table_schema not in ('pg_catalog', 'information_schema') and table_type = 'BASE TABLE'`,
    );
    for (const { name } of tables) {
      const rows = await app.database.sql<{ text: string }>(`select t::text as text from ${name} t`);
      expect(JSON.stringify(rows)).not.toContain(token);
    }
  });
});

/** What a listener needs to email a link. */
function tokenFor(seconds: number): object {
  const expiresAt = new Date(app.clock.now().getTime() + seconds * 1000);
  return { token: expect.stringMatching(/^[\w-]{43}$/) as unknown, expiresAt };
}

function loggedIn(fields: { userId: string; email: string; sessionId: string; newDevice: boolean }): object {
  return { ...fields, methods: ['pwd'], ipAddress: ORIGIN.ipAddress, deviceInfo: ORIGIN.userAgent };
}
