import { expect, test } from '@jest/globals';
import { EmailChangeRequested } from '../../src/features/email-change/email-change.events.js';
import { EmailVerificationRequested } from '../../src/features/email-verification/email-verification.events.js';
import { PasswordResetRequested } from '../../src/features/password/password.events.js';
import { InvitationRequested } from '../../src/features/invitations/invitation.events.js';
import type { EventClass } from '../../src/core/events/domain-event.js';
import { RecordingMailer } from '../support/recording-mailer.js';
import { recordingLogger } from '../support/recording-logger.js';
import { createTestApp, type TestOptions } from '../support/test-app.js';

const PRODUCTION = {
  environment: 'production',
  password: { saltRounds: 10 },
  router: { allowDirectAccess: true },
} as const;

/** What the log says about emails once a subgraph has started twice. */
async function warningsOf(options: TestOptions, listensTo: readonly EventClass[] = []): Promise<object[]> {
  const { logger, lines } = recordingLogger();
  const app = await createTestApp({ ...PRODUCTION, mailer: undefined, ...options, logger });
  for (const type of listensTo) app.auth.events.on(type, () => undefined);
  await app.auth.start();
  return lines().filter(({ msg }) => String(msg).startsWith('no emails are sent'));
}

test('production without a mailer warns once at startup, and says what to do', async () => {
  expect(await warningsOf({})).toEqual([
    expect.objectContaining({
      level: 40,
      events: [
        ...['EmailVerificationRequested', 'PasswordResetRequested', 'EmailChangeRequested', 'InvitationRequested'],
      ],
      msg: expect.stringMatching(/createSmtpMailer\(.*listen to these events.*`mailer` to false/) as unknown,
    }),
  ]);
});

test('an application that listens to some of the events is warned about the others', async () => {
  const [warning] = await warningsOf({}, [EmailVerificationRequested, PasswordResetRequested]);
  expect(warning).toMatchObject({ events: ['EmailChangeRequested', 'InvitationRequested'] });
});

test.each<[string, TestOptions, readonly EventClass[]]>([
  ['a mailer', { mailer: new RecordingMailer() }, []],
  ['the statement that there is none', { mailer: false }, []],
  [
    'listeners of every event',
    {},
    [EmailVerificationRequested, PasswordResetRequested, EmailChangeRequested, InvitationRequested],
  ],
  ['another environment', { environment: 'test' }, []],
])('%s needs no warning', async (_case, options, listensTo) => {
  expect(await warningsOf(options, listensTo)).toEqual([]);
});
