import { describe, expect, test } from '@jest/globals';
import { EmailVerificationRequested } from '../../src/features/email-verification/email-verification.events.js';
import { formatInstant } from '../../src/core/email/template-values.js';
import { allDelivered } from '../support/deliveries.js';
import { newEmail, type SignedIn } from '../support/graphql-client.js';
import { createTestApp, type TestApp } from '../support/test-app.js';
import { until } from '../support/until.js';

const NEW_PASSWORD = 'a brand new pass phrase';
const HOUR = 60 * 60;
const DAY = 24 * HOUR;

/** A user whose emails so far have been sent, on an app whose mail server has gone down since. */
async function withoutMailServer(): Promise<{ app: TestApp; ada: SignedIn }> {
  const app = await createTestApp({ background: true });
  const ada = await app.register();
  await allDelivered(app);
  app.mailer.isDown = true;
  return { app, ada };
}

/** Waits until emails of a kind have been refused; each counts once, however often it was tried. */
async function refused({ mailer }: TestApp, kind: string, count = 1): Promise<void> {
  await until(() => new Set(mailer.refused.filter((id) => id.startsWith(`${kind}.`))).size >= count, `no ${kind}`);
}

/** Brings the mail server back, and waits until there is nothing left for it. */
async function recover(app: TestApp): Promise<void> {
  app.mailer.isDown = false;
  await allDelivered(app);
}

/** What may happen to an account between an email and its delivery. */
type Happening = (app: TestApp, ada: SignedIn) => Promise<unknown>;
const setUser =
  (change: string): Happening =>
  ({ database }, { userId }) =>
    database.sql(`update auth_user set ${change} where id = $1`, [userId]);
const after =
  (seconds: number): Happening =>
  ({ clock }) => {
    clock.advance(seconds);
    return Promise.resolve();
  };
const unlock: Happening = ({ auth }, { email }) => auth.services.unlock.unlock(email);
const DEACTIVATED = ['was deactivated', setUser('active = false')] as const;
const MOVED = ['has another address', setUser(`email = 'elsewhere-' || email`)] as const;

test('of two links requested while the mail server was down, the newer one arrives and works', async () => {
  const { app, ada } = await withoutMailServer();
  await app.mutate('forgotPassword', { email: ada.email });
  await refused(app, 'reset-password');
  app.clock.advance(61);
  await app.mutate('forgotPassword', { email: ada.email });
  await refused(app, 'reset-password', 2);
  await recover(app);
  expect(app.mailer.to(ada.email, 'reset-password')).toHaveLength(1);
  const token = await app.mailer.token(ada.email, 'reset-password');
  expect((await app.mutate('resetPassword', { token, newPassword: NEW_PASSWORD })).__typename).toBe('PasswordChanged');
});

describe('a link that resets the password is not emailed once', () => {
  test.each([
    ['it has expired', after(HOUR)],
    [
      'the password was changed',
      async (app: TestApp, ada: SignedIn) => {
        const input = { currentPassword: ada.password, newPassword: NEW_PASSWORD };
        await app.mutate('changePassword', input, { token: ada.accessToken });
      },
    ],
    DEACTIVATED,
    MOVED,
  ])('%s', async (_case, happen) => {
    const { app, ada } = await withoutMailServer();
    await app.mutate('forgotPassword', { email: ada.email });
    await refused(app, 'reset-password');
    await happen(app, ada);
    await recover(app);
    expect(app.mailer.mails.filter(({ id }) => id.startsWith('reset-password.'))).toEqual([]);
  });
});

describe('a link that verifies the address is not emailed once', () => {
  test.each([
    ['it has expired', after(DAY)],
    ['the address is verified', setUser('email_verified_at = now()')],
    DEACTIVATED,
    MOVED,
  ])('%s', async (_case, happen) => {
    const { app, ada } = await withoutMailServer();
    app.clock.advance(61);
    await app.mutate('resendVerification', { email: ada.email });
    await refused(app, 'verify-email');
    await happen(app, ada);
    await recover(app);
    expect(app.mailer.mails.filter(({ id }) => id.startsWith('verify-email.'))).toHaveLength(1);
  });
});

describe('neither a link that changes the address nor its notice is emailed once', () => {
  test.each([
    ['it has expired', after(DAY)],
    ['another change was asked for', changeTo(newEmail())],
    DEACTIVATED,
    MOVED,
  ])('%s', async (_case, happen) => {
    const { app, ada } = await withoutMailServer();
    const theirs = newEmail();
    await changeTo(theirs)(app, ada);
    await refused(app, 'change-email-confirm');
    await refused(app, 'change-email-notice');
    const [first] = app.mailer.refused.filter((id) => id.startsWith('change-email-notice.'));
    await happen(app, ada);
    await recover(app);
    expect(app.mailer.to(theirs)).toEqual([]);
    expect(app.mailer.mails.map(({ id }) => id)).not.toContain(first);
  });
});

test.each(['verify-email', 'reset-password', 'change-email-confirm'])(
  'the email %s states the lifetime of the stored token',
  async (kind) => {
    const { app, ada } = await withoutMailServer();
    app.clock.advance(61);
    const theirs = newEmail();
    if (kind === 'verify-email') await app.mutate('resendVerification', { email: ada.email });
    else if (kind === 'reset-password') await app.mutate('forgotPassword', { email: ada.email });
    else await changeTo(theirs)(app, ada);
    await refused(app, kind);
    const shorter = `update auth_one_time_token set expires_at = expires_at - interval '17 minutes'
      where user_id = $1 and consumed_at is null and created_at = $2 returning expires_at as at`;
    const [row] = await app.database.sql<{ at: Date }>(shorter, [ada.userId, app.clock.now()]);
    await recover(app);
    const mail = app.mailer.to(kind === 'change-email-confirm' ? theirs : ada.email, kind).at(-1);
    expect(mail?.text).toContain(`until ${formatInstant(row?.at ?? new Date(0))}`);
  },
);

describe('the email about a locked account', () => {
  async function locked(): Promise<{ app: TestApp; ada: SignedIn }> {
    const { app, ada } = await withoutMailServer();
    for (let time = 0; time < 5; time += 1) await app.mutate('login', { email: ada.email, password: 'wrong' });
    await refused(app, 'account-locked');
    return { app, ada };
  }

  test.each([['the lock was lifted', unlock], ['the lock is over', after(900)], DEACTIVATED])(
    'is not sent once %s',
    async (_case, happen) => {
      const { app, ada } = await locked();
      await happen(app, ada);
      await recover(app);
      expect(app.mailer.to(ada.email, 'account-locked')).toEqual([]);
    },
  );

  test('states until when the account is locked now', async () => {
    const { app, ada } = await locked();
    const longer = `update auth_login_attempt set locked_until = locked_until + interval '17 minutes'
      where locked_until is not null returning locked_until as at`;
    const [row] = await app.database.sql<{ at: Date }>(longer);
    await recover(app);
    const [mail] = app.mailer.to(ada.email, 'account-locked');
    expect(mail?.text).toContain(`until ${formatInstant(row?.at ?? new Date(0))}`);
  });

  test('is also sent for a lock of a known device', async () => {
    const { app, ada } = await withoutMailServer();
    const { deviceToken } = await app.mutate('login', { email: ada.email, password: ada.password });
    const guess = { email: ada.email, password: 'wrong', deviceToken };
    for (let time = 0; time < 5; time += 1) await app.mutate('login', guess);
    await refused(app, 'account-locked');
    await recover(app);
    expect(app.mailer.to(ada.email, 'account-locked')).toHaveLength(1);
  });
});

describe('what has happened is reported, however late', () => {
  const signIn = async (app: TestApp, { email, password }: SignedIn): Promise<SignedIn> =>
    app.login({ email, password });
  const changePassword = async (app: TestApp, { password, accessToken }: SignedIn): Promise<unknown> =>
    app.mutate('changePassword', { currentPassword: password, newPassword: NEW_PASSWORD }, { token: accessToken });

  test.each([
    ['new-device', signIn],
    ['password-changed', changePassword],
  ])('%s, but not to a closed account', async (kind, happen) => {
    for (const active of [true, false]) {
      const { app, ada } = await withoutMailServer();
      await happen(app, ada);
      await refused(app, kind);
      await setUser(`active = ${String(active)}`)(app, ada);
      app.clock.advance(HOUR);
      await recover(app);
      expect(app.mailer.to(ada.email, kind)).toHaveLength(active ? 1 : 0);
    }
  });

  test('a sign-in on a new device whose session has ended', async () => {
    const { app, ada } = await withoutMailServer();
    const { accessToken } = await signIn(app, ada);
    await app.mutate('logout', undefined, { token: accessToken });
    await recover(app);
    expect(app.mailer.to(ada.email, 'new-device')).toHaveLength(1);
  });
});

test('a listener that sends emails itself is not given a token that can no longer be used', async () => {
  const app = await createTestApp();
  const state = { isDown: true, tries: 0, heard: [] as string[] };
  app.auth.events.on(EmailVerificationRequested, ({ userId }) => {
    state.tries += 1;
    if (state.isDown) throw new Error('not now');
    state.heard.push(userId);
  });
  await app.auth.start();
  const [ada, bob] = [await app.register(), await app.register()];
  await until(() => state.tries >= 2, 'two tries');
  await app.mutate('verifyEmail', { token: await app.mailer.token(ada.email, 'verify-email') });
  state.isDown = false;
  await allDelivered(app);
  expect(state.heard).toEqual([bob.userId]);
});

function changeTo(address: string) {
  return async (app: TestApp, { accessToken, password }: SignedIn): Promise<void> => {
    const input = { newEmail: address, currentPassword: password };
    await app.mutate('changeEmail', input, { token: accessToken });
  };
}
