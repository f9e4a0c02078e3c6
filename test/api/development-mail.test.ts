import { expect, test } from '@jest/globals';
import { Registry } from 'prom-client';
import { createSmtpMailer } from '../../src/core/email/smtp.js';
import { RecordingMailer } from '../support/recording-mailer.js';
import { recordingLogger } from '../support/recording-logger.js';
import { createTestApp, type TestOptions } from '../support/test-app.js';

const COMPLETE = {
  productName: 'Acme',
  resetPasswordUrl: 'https://app.example.com/reset-password',
  loginUrl: 'https://app.example.com/login',
  verifyEmailUrl: 'https://app.example.com/verify-email',
  confirmEmailChangeUrl: 'https://app.example.com/confirm-email-change',
  acceptInvitationUrl: 'https://app.example.com/accept-invitation',
};
const OPTIONS = Object.keys(COMPLETE).map((option) => `mail.${option}`);

const smtpMailer = (from: string): ReturnType<typeof createSmtpMailer> =>
  createSmtpMailer({ url: 'smtp://127.0.0.1:2525', from });

/** What the log says about emails once a subgraph has started in production. */
async function warningsOf(options: TestOptions): Promise<object[]> {
  const { logger, lines } = recordingLogger();
  const production = { environment: 'production', router: { allowDirectAccess: true } } as const;
  const app = await createTestApp({ ...production, password: { saltRounds: 10 }, ...options, logger });
  await app.auth.start();
  await app.auth.start();
  return lines().filter(({ msg }) => String(msg).startsWith('emails link to this machine'));
}

test('production warns once about emails that link to this machine, come from it or do not name the product', async () => {
  const mailer = smtpMailer('Auth <no-reply@localhost>');
  const [warning, ...others] = await warningsOf({ mailer, metrics: new Registry() });
  expect(others).toEqual([]);
  expect(warning).toMatchObject({ level: 40, msg: expect.stringContaining('MAIL_FROM') as unknown });
  const { settings } = warning as { settings: string[] };
  expect(settings.sort()).toEqual(['mail.from', ...OPTIONS].sort());
});

test('the warning names only what is still to be set', async () => {
  const mail = { ...COMPLETE, loginUrl: 'http://127.0.0.1:3000/login' };
  const mailer = smtpMailer('Acme <no-reply@acme.example>');
  expect(await warningsOf({ mailer, mail })).toMatchObject([{ settings: ['mail.loginUrl'] }]);
});

test.each<[string, TestOptions]>([
  ['addresses of pages and a sender', { mailer: smtpMailer('no-reply@acme.example'), mail: COMPLETE }],
  ['a mailer that does not tell its sender', { mailer: new RecordingMailer(), mail: COMPLETE }],
  ['a service that sends no emails', { mailer: false }],
  ['another environment', { mailer: smtpMailer('no-reply@localhost'), environment: 'test' }],
])('%s: no warning', async (_case, options) => {
  expect(await warningsOf(options)).toEqual([]);
});
