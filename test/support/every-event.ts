import { allDelivered } from './deliveries.js';
import { DEFAULT_PASSWORD, newEmail } from './graphql-client.js';
import type { TestApp } from './test-app.js';

const WEEK = 7 * 24 * 60 * 60;
const NEW_PASSWORD = 'a better horse battery';

/** The token of an email, once every listener has received the event: the event of a used token reaches no listener. */
async function tokenOnceDelivered(app: TestApp, address: string, kind: string): Promise<string> {
  await allDelivered(app);
  return app.mailer.token(address, kind);
}

/** Causes every event, except those that need another configuration. */
export async function causeEveryEvent(app: TestApp): Promise<void> {
  const ada = await app.register();
  await app.mutate('verifyEmail', { token: await tokenOnceDelivered(app, ada.email, 'verify-email') });
  await app.auth.services.roles.set(ada.userId, ['editor']);
  await app.mutate('updateProfile', { displayName: 'Countess' }, { token: ada.accessToken });

  const invited = newEmail();
  await app.auth.services.userCreation.create({ email: invited });
  const invitation = await tokenOnceDelivered(app, invited, 'invitation');
  await app.mutate('acceptInvitation', { token: invitation, password: NEW_PASSWORD });

  const grace = await app.register();
  app.clock.advance(61);
  await app.mutate('resendVerification', { email: grace.email });
  await app.mutate('refresh', { refreshToken: grace.refreshToken });
  app.clock.advance(61);
  await app.mutate('refresh', { refreshToken: grace.refreshToken });

  const { accessToken: token } = await app.login(ada);
  const newEmailAddress = newEmail();
  await app.mutate('changeEmail', { newEmail: newEmailAddress, currentPassword: ada.password }, { token });
  const moved = await tokenOnceDelivered(app, newEmailAddress, 'change-email-confirm');
  await app.mutate('confirmEmailChange', { token: moved }, { token });
  const { accessToken } = await app.login({ email: newEmailAddress, password: ada.password });
  await app.mutate(
    'changePassword',
    { currentPassword: ada.password, newPassword: NEW_PASSWORD },
    { token: accessToken },
  );
  await app.mutate('logout', undefined, { token: accessToken });

  for (let guess = 0; guess < 5; guess += 1) await app.mutate('login', { email: newEmailAddress, password: 'wrong' });
  await app.auth.services.unlock.unlock(newEmailAddress);
  await app.auth.services.unlock.lock(newEmailAddress, 60);
  await app.auth.services.unlock.unlock(newEmailAddress);
  await app.mutate('forgotPassword', { email: newEmailAddress });
  const reset = await tokenOnceDelivered(app, newEmailAddress, 'reset-password');
  await app.mutate('resetPassword', { token: reset, newPassword: DEFAULT_PASSWORD });
  await app.auth.services.accounts.deactivate(grace.email);
  await app.auth.services.accounts.reactivate(grace.email);
  await app.auth.services.userExport.export({ withPasswordHashes: true, write: () => Promise.resolve() });
  await manageServiceAccount(app);

  const [closed, erased] = [await app.register(), await app.register()];
  await app.auth.services.accountClosing.close(erased.email);
  await allDelivered(app);
  app.clock.advance(WEEK);
  await app.auth.services.accountClosing.close(closed.email);
  await app.auth.services.housekeeping.run();
}

async function manageServiceAccount({ auth }: TestApp): Promise<void> {
  const { serviceAccounts } = auth.services;
  const { id } = await serviceAccounts.create({ name: 'billing', scopes: ['orders:read'] });
  const { key } = await serviceAccounts.createKey(id);
  await serviceAccounts.revokeKey(id, key.id);
  await serviceAccounts.delete(id);
}

/** Registers an address twice, where the owner has to verify it first. */
export async function registerTwice(app: TestApp): Promise<void> {
  const input = { email: newEmail(), password: DEFAULT_PASSWORD };
  await app.mutate('register', input);
  await app.mutate('verifyEmail', { token: await tokenOnceDelivered(app, input.email, 'verify-email') });
  // A second email of a kind is due a minute later.
  app.clock.advance(61);
  await app.mutate('register', input);
}
