import { expect, test } from '@jest/globals';
import { DEFAULT_PASSWORD, newEmail } from '../support/graphql-client.js';
import { INVALID_CREDENTIALS } from '../support/outcomes.js';
import { createTestApp } from '../support/test-app.js';

test('forty parallel acceptances of one invitation open one session', async () => {
  const app = await createTestApp({ background: true });
  const email = newEmail();
  await app.auth.services.userCreation.create({ email });
  const token = await app.mailer.token(email, 'invitation');
  const accept = async (n: number): Promise<{ __typename: string }> =>
    app.mutate('acceptInvitation', { token, password: `the password of number ${String(n)}` });
  const outcomes = await Promise.all(Array.from({ length: 40 }, (_, n) => accept(n)));
  const won = outcomes.flatMap(({ __typename }, n) => (__typename === 'LoginSuccess' ? [n] : []));
  expect(won).toHaveLength(1);
  expect(new Set(outcomes.map(({ __typename }) => __typename))).toEqual(new Set(['LoginSuccess', 'InvalidTokenError']));
  const [row] = await app.database.sql('select count(*)::int as sessions from auth_session');
  expect(row).toEqual({ sessions: 1 });
  await app.login({ email, password: `the password of number ${String(won[0])}` });
});

test('a registration that waits while its address is invited does not open the account', async () => {
  const app = await createTestApp({ background: true, registration: { requireEmailVerification: true } });
  const email = newEmail();
  const { id } = await app.auth.services.userCreation.create({ email, invite: false });
  const release = await app.database.lockRows('auth_user', [id]);
  const invited = app.auth.services.userCreation.invite(id);
  await app.database.untilWaiting('select from auth_user');
  const registered = app.mutate('register', { email, password: DEFAULT_PASSWORD });
  await app.database.untilWaiting('origin as');
  await release();
  await Promise.all([invited, registered]);
  await app.mutate('verifyEmail', { token: await app.mailer.token(email, 'verify-email') });
  expect(await app.mutate('login', { email, password: DEFAULT_PASSWORD })).toEqual(INVALID_CREDENTIALS);
});
