import { expect, test } from '@jest/globals';
import type { Mail, Mailer } from '../../src/core/email/mailer.js';
import { dumpRows } from '../support/database-dump.js';
import { newEmail, type Outcome } from '../support/graphql-client.js';
import { RecordingMailer } from '../support/recording-mailer.js';
import { formsOf } from '../support/secrets/secret-forms.js';
import { createTestApp, type TestApp } from '../support/test-app.js';
import { tokenIn } from '../support/token-in.js';
import { until } from '../support/until.js';

/** Has no mail delivered until it is mended, and keeps those that it was given. */
class BrokenMailer implements Mailer {
  readonly refused: Mail[] = [];
  readonly delivered = new RecordingMailer();
  private broken = true;

  async send(mail: Mail): Promise<void> {
    if (!this.broken) return this.delivered.send(mail);
    this.refused.push(mail);
    throw new Error(`refused for ${mail.to}: ${mail.text}`);
  }

  mend(): void {
    this.broken = false;
  }

  /** The token of a mail that has been tried in vain. */
  async token(address: string, kind: string): Promise<string> {
    const find = (): Mail | undefined =>
      this.refused.findLast(({ to, id }) => to === address && id.startsWith(`${kind}.`));
    return tokenIn((await until(find, `a ${kind} mail to ${address}`)).text);
  }
}

/** The tables in which a secret lies in any form, and which secret that is. */
async function leaksOf(app: TestApp, secrets: ReadonlyMap<string, string>): Promise<string[]> {
  const rows = await dumpRows(app.database.url);
  return [...secrets].flatMap(([secret, name]) => {
    const forms = formsOf(secret);
    const found = rows.filter(({ text }) => forms.some((form) => text.includes(form)));
    return [...new Set(found.map(({ table }) => `${name} in ${table}`))];
  });
}

async function countOf(app: TestApp, condition: string): Promise<number> {
  const [row] = await app.database.sql<{ count: number }>(
    `select count(*)::int as count from auth_jobs.job where name in ('auth-events', 'auth-emails') and ${condition}`,
  );
  return row?.count ?? 0;
}

test('no password or token is stored in the database in any phase of an account', async () => {
  const mailer = new BrokenMailer();
  const app = await createTestApp({ background: true, mailer, lockout: { maxAttempts: 3 } });
  const secrets = new Map<string, string>();
  const keep = (secret: string | null | undefined, name: string): string => {
    if (!secret) throw new Error(`there is no ${name}`);
    secrets.set(secret, name);
    return secret;
  };
  /** Keeps the tokens of an answer, and hands the access token on. */
  const signedIn = ({ tokens, deviceToken }: Outcome, how: string): string => {
    if (deviceToken) keep(deviceToken, `device token of ${how}`);
    keep(tokens?.refreshToken, `refresh token of ${how}`);
    return keep(tokens?.accessToken, `access token of ${how}`);
  };

  const email = newEmail();
  const moved = newEmail();
  const first = keep('correct "horse" \\ battery', 'first password');
  const second = keep('a second horse, older', 'second password');
  const third = keep('a third horse\twith a tab', 'third password');
  const wrong = keep('a wrong horse "entirely"', 'wrong password');
  const registered = await app.mutate('register', { email, password: first });
  signedIn(registered, 'registration');
  const verify = keep(await mailer.token(email, 'verify-email'), 'verification token');
  expect((await app.mutate('verifyEmail', { token: verify })).__typename).toBe('EmailVerified');
  const deviceToken = keep(registered.deviceToken, 'device token');
  const returned = await app.mutate('login', { email, password: first, deviceToken });
  signedIn(returned, 'known device');
  const refreshed = await app.refresh(returned.tokens?.refreshToken ?? '');
  signedIn(refreshed, 'refresh');
  signedIn(await app.refresh(refreshed.tokens?.refreshToken ?? ''), 'second refresh');
  await app.mutate('forgotPassword', { email });
  const reset = keep(await mailer.token(email, 'reset-password'), 'reset token');
  expect((await app.mutate('resetPassword', { token: reset, newPassword: second })).__typename).toBe('PasswordChanged');
  const access = signedIn(await app.mutate('login', { email, password: second }), 'new device');
  await app.mutate('changePassword', { currentPassword: second, newPassword: third }, { token: access });
  await app.mutate('changeEmail', { newEmail: moved, currentPassword: third }, { token: access });
  const confirm = keep(await mailer.token(moved, 'change-email-confirm'), 'confirmation token');
  const guess = async (): Promise<Outcome> => app.mutate('login', { email, password: wrong });
  const guesses = [await guess(), await guess(), await guess(), await guess()];
  expect(guesses.map(({ __typename }) => __typename)).toContain('AccountLockedError');

  await until(async () => (await countOf(app, `state = 'retry' and output is not null`)) > 0, 'a delivery that failed');
  expect(await leaksOf(app, secrets)).toEqual([]);

  mailer.mend();
  const confirmed = await app.mutate('confirmEmailChange', { token: confirm }, { token: access });
  expect(confirmed.__typename).toBe('EmailChanged');
  signedIn(await app.mutate('login', { email: moved, password: third }), 'new address');
  await app.mutate('resendVerification', { email: moved });
  await app.database.sql(`update auth_jobs.job set start_after = now() where state = 'retry'`);
  await until(async () => (await countOf(app, `state < 'completed'`)) === 0, 'the deliveries');
  // Only what is still true: no link that has already been used.
  expect(mailer.delivered.mails.length).toBeGreaterThan(2);
  expect(await leaksOf(app, secrets)).toEqual([]);
  expect(secrets.size).toBeGreaterThan(20);
});

test('the search finds a planted secret in any of its forms', async () => {
  const app = await createTestApp();
  const { refreshToken, userId } = await app.register();
  const secret = refreshToken.split('.')[1] ?? '';
  const forms = [secret, Buffer.from(secret, 'base64url').toString('hex'), Buffer.from(secret).toString('hex')];
  for (const form of forms) {
    await app.database.sql('update auth_user set first_name = $1 where id = $2', [form, userId]);
    expect(await leaksOf(app, new Map([[refreshToken, 'it']]))).toEqual(['it in public.auth_user']);
  }
  await app.database.sql('update auth_user set first_name = null where id = $1', [userId]);
  expect(await leaksOf(app, new Map([[refreshToken, 'it']]))).toEqual([]);
});
