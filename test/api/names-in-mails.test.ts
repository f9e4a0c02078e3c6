import { beforeAll, expect, test } from '@jest/globals';
import { allDelivered } from '../support/deliveries.js';
import { DEFAULT_PASSWORD, newEmail, type SignedIn } from '../support/graphql-client.js';
import { createTestApp, type TestApp } from '../support/test-app.js';

/** A name that reads like a name, so that only the address decides whether it greets. */
const NAME = 'Dear lucky winner';
const BAIT = 'Call +1 900 555 0100 now/1.0 (x)';
const NEW_PASSWORD = 'a brand new pass phrase';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp({ background: true });
});

/** An account that somebody made for an address, with everything done that the subgraph writes about. */
async function withEveryMail(verified: boolean): Promise<{ ada: SignedIn; newAddress: string }> {
  const ada = await app.register({ firstName: NAME });
  const newAddress = newEmail();
  await app.mailer.token(ada.email, 'verify-email');
  if (verified) await app.mutate('verifyEmail', { token: await app.mailer.token(ada.email, 'verify-email') });
  await app.login(ada, { headers: { 'user-agent': BAIT } });
  const { accessToken: token, email, password } = ada;
  await app.mutate('changeEmail', { newEmail: newAddress, currentPassword: password }, { token });
  await app.mutate('forgotPassword', { email });
  await allDelivered(app);
  await app.mutate('changePassword', { currentPassword: password, newPassword: NEW_PASSWORD }, { token });
  for (let time = 0; time < 5; time += 1) await app.mutate('login', { email, password: 'wrong' });
  await allDelivered(app);
  return { ada, newAddress };
}

const TO_THE_OWNER = [
  'account-locked',
  'change-email-notice',
  'new-device',
  'password-changed',
  'reset-password',
  'verify-email',
];

test('no email to an unverified address contains a name', async () => {
  const { ada, newAddress } = await withEveryMail(false);
  const mails = [...app.mailer.to(ada.email), ...app.mailer.to(newAddress)];
  const kinds = mails.map(({ id }) => id.split('.')[0]).sort();
  expect(kinds).toEqual([...TO_THE_OWNER, 'change-email-confirm'].sort());
  for (const { subject, text, html } of mails) {
    expect(text).toMatch(/^Hello,\n/);
    expect(subject + text + html).not.toMatch(/lucky winner/i);
  }
});

test('every email to a verified address greets by name, and one to a new address does not', async () => {
  const { ada, newAddress } = await withEveryMail(true);
  for (const kind of TO_THE_OWNER.filter((other) => other !== 'verify-email'))
    expect((await app.mailer.next(ada.email, kind)).text).toContain(`Hello ${NAME},\n`);
  expect((await app.mailer.next(newAddress, 'change-email-confirm')).text).toMatch(/^Hello,\n/);
});

test('the email about a new device names known browsers, and repeats nothing else of the User-Agent', async () => {
  const ada = await app.register();
  const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
  await app.login(ada, { headers: { 'user-agent': firefox } });
  expect((await app.mailer.next(ada.email, 'new-device')).text).toContain('Device: Firefox on Linux\n');
  await app.login(ada, { headers: { 'user-agent': BAIT } });
  const { text, html } = await app.mailer.next(ada.email, 'new-device', 2);
  expect(text).toContain('Device: unknown\n');
  expect(text + html).not.toMatch(/Call|900/);
});

test('the owner of an address that is registered again is greeted by name once the address is verified', async () => {
  const strict = await createTestApp({ background: true, registration: { requireEmailVerification: true } });
  const input = { email: newEmail(), password: DEFAULT_PASSWORD };
  await strict.mutate('register', { ...input, firstName: NAME });
  const token = await strict.mailer.token(input.email, 'verify-email');
  strict.clock.advance(60);
  await strict.mutate('register', { ...input, firstName: 'Mallory' });
  expect((await strict.mailer.next(input.email, 'verify-email', 2)).text).toMatch(/^Hello,\n/);
  await strict.mutate('verifyEmail', { token });
  strict.clock.advance(60);
  await strict.mutate('register', { ...input, firstName: 'Mallory' });
  expect((await strict.mailer.next(input.email, 'already-registered')).text).toContain(`Hello ${NAME},\n`);
  expect(JSON.stringify(strict.mailer.mails)).not.toContain('Mallory');
});
