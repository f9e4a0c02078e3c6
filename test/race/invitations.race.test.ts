import { expect, test } from '@jest/globals';
import { newEmail } from '../support/graphql-client.js';
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
