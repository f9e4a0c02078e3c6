import { beforeAll, describe, expect, test } from '@jest/globals';
import type { AuthSubgraph } from '../../src/index.js';
import { newEmail, type SignedIn } from '../support/graphql-client.js';
import { createTestApp, type TestApp } from '../support/test-app.js';

type Services = AuthSubgraph['services'];
type Change = (services: Services, user: SignedIn) => Promise<unknown>;

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});

/** Makes the second change wait for the first one. */
async function inTurn(user: SignedIn, first: Change, second: Change): Promise<void> {
  const { services } = app.auth;
  const release = await app.database.lockRows('auth_user', [user.userId]);
  const started = first(services, user);
  await app.database.untilWaiting('auth_user', 1);
  const followed = second(services, user);
  await app.database.untilWaiting('auth_user', 2);
  await release();
  await Promise.all([started, followed]);
}

const deactivate: Change = ({ accounts }, { userId }) => accounts.deactivate(userId);
const reactivate: Change = ({ accounts }, { userId }) => accounts.reactivate(userId);
const close: Change = ({ accountClosing }, { userId }) => accountClosing.close(userId);
const add: Change = ({ roles }, { userId }) => roles.change(userId, { add: ['editor'], remove: [] });
const remove: Change = ({ roles }, { userId }) => roles.change(userId, { add: [], remove: ['editor'] });
const clear: Change = ({ roles }, { userId }) => roles.set(userId, []);
const verify =
  (address: string): Change =>
  ({ accountChanges }, { userId }) =>
    accountChanges.verifyEmail(userId, address);
const closeWith =
  (email: string): Change =>
  ({ accountClosing }, { userId }) =>
    accountClosing.closeById(userId, { email });
const nothing: Change = () => Promise.resolve();

describe('a change that waits for the opposite one happens', () => {
  test.each([
    ['deactivate', deactivate, reactivate, deactivate, { status: 'deactivated' }],
    ['reactivate', deactivate, deactivate, reactivate, { status: 'active' }],
    ['close', close, reactivate, close, { status: 'closed' }],
    ['remove a role', nothing, add, remove, { roles: [] }],
    ['add a role', add, remove, add, { roles: ['editor'] }],
    ['set the roles', nothing, add, clear, { roles: [] }],
  ])('%s', async (_name, before, first, second, expected) => {
    const user = await app.register();
    await before(app.auth.services, user);
    await inTurn(user, first, second);
    expect(await app.auth.services.accounts.find(user.userId)).toMatchObject(expected);
  });

  test.each<[string, (address: string) => Change, object]>([
    ['verify', verify, { emailVerifiedAt: expect.any(Date) }],
    ['close', closeWith, { status: 'closed' }],
  ])('%s an account by an address that it is just getting', async (_name, second, expected) => {
    const [user, address] = [await app.register(), newEmail()];
    await inTurn(user, (services) => services.operatorEmailChange.change(user.userId, address), second(address));
    expect(await app.auth.services.accounts.find(user.userId)).toMatchObject({ email: address, ...expected });
  });
});
