import { beforeEach, expect, test } from '@jest/globals';
import type { PasswordHasher } from '../../src/core/credentials/password-hasher.js';
import { cheapHash } from '../support/gated-hasher.js';
import { newEmail, type SignedIn } from '../support/graphql-client.js';
import { INVALID_CREDENTIALS } from '../support/outcomes.js';
import { createTestApp, type TestApp } from '../support/test-app.js';

/** A hasher that replaces the hashes of another system, and lets a test act at the end of a comparison. */
class RehashingHasher implements PasswordHasher {
  meanwhile: (() => Promise<unknown>) | undefined;

  async hash(password: string): Promise<string> {
    return cheapHash(password);
  }

  async verify(password: string, hash: string | undefined): Promise<boolean> {
    const { meanwhile } = this;
    this.meanwhile = undefined;
    await meanwhile?.();
    return hash?.replace('old:', '').replace('#12', '') === cheapHash(password);
  }

  needsRehash(hash: string): boolean {
    return hash.startsWith('old:');
  }
}

const hasher = new RehashingHasher();
let app: TestApp;
let ada: SignedIn;
beforeEach(async () => {
  app = await createTestApp({ hasher });
  ada = await app.register();
  await app.database.sql(`update auth_user set password_hash = 'old:' || password_hash`);
});

const setHash = (password: string) => async (): Promise<unknown> =>
  app.database.sql('update auth_user set password_hash = $1', [cheapHash(password)]);

const changePassword = (): Promise<object> =>
  app.mutate(
    'changePassword',
    { currentPassword: ada.password, newPassword: 'violet-harbour-43' },
    { token: ada.accessToken },
  );

const changeEmail = (address: string): Promise<object> =>
  app.mutate('changeEmail', { newEmail: address, currentPassword: ada.password }, { token: ada.accessToken });

test('a password change succeeds while a sign-in rehashes the current password', async () => {
  hasher.meanwhile = () => app.login(ada);
  expect(await changePassword()).toMatchObject({ __typename: 'PasswordChanged' });
  await app.login({ ...ada, password: 'violet-harbour-43' });
});

test('a new address is accepted while a sign-in rehashes the current password', async () => {
  hasher.meanwhile = () => app.login(ada);
  const email = newEmail();
  expect(await changeEmail(email)).toEqual({ __typename: 'MailRequested', email });
});

test.each<[string, () => Promise<object>, string]>([
  ['sign-in', async () => app.mutate('login', { email: ada.email, password: ada.password }), 'LoginSuccess'],
  ['password change', changePassword, 'PasswordChanged'],
  ['change of address', () => changeEmail(newEmail()), 'MailRequested'],
])('a %s succeeds while a process with a higher cost rehashes the password', async (_name, act, expected) => {
  await setHash(ada.password)();
  const hash = cheapHash(ada.password);
  // Another hash of the same password, which this process does not consider old.
  hasher.meanwhile = () => app.database.sql('update auth_user set password_hash = $1', [`${hash}#12`]);
  expect(await act()).toMatchObject({ __typename: expected });
  expect(await app.database.sql(`select from auth_outbox where name = 'SignInFailed'`)).toEqual([]);
});

test('neither is accepted if the password changes during the comparison', async () => {
  hasher.meanwhile = setHash('another password');
  expect(await changePassword()).toEqual(INVALID_CREDENTIALS);
  await app.database.sql('update auth_user set password_hash = $1', [`old:${cheapHash(ada.password)}`]);
  hasher.meanwhile = setHash('another password');
  expect(await changeEmail(newEmail())).toEqual(INVALID_CREDENTIALS);
});
