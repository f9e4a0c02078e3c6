import { beforeAll, expect, test } from '@jest/globals';
import { newEmail } from '../support/graphql-client.js';
import { createTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});

test.each([['the lock'], ['the move']])(
  'an operator who locks a user while another one moves the account locks the new address or is refused, if %s is first',
  async (first) => {
    const [{ email, password, userId }, address] = [await app.register(), newEmail()];
    const { operatorEmailChange, unlock } = app.auth.services;
    const release = await app.database.lockRows('auth_user', [userId]);
    const lock = (): Promise<unknown> => unlock.lock(email).catch((error: unknown) => error);
    const move = (): Promise<unknown> => operatorEmailChange.change(userId, address);
    const [starts, follows] = first === 'the lock' ? [lock, move] : [move, lock];
    const started = starts();
    await app.database.untilWaiting('auth_user', 1);
    const followed = follows();
    await app.database.untilWaiting('auth_user', 2);
    await release();
    const [locked] = first === 'the lock' ? await Promise.all([started, followed]) : [await followed, await started];
    const { __typename } = await app.mutate('login', { email: address, password });
    if (locked instanceof Date) expect(__typename).toBe('AccountLockedError');
    else {
      expect(String(locked)).toContain('No active account has this address or id.');
      expect(__typename).toBe('LoginSuccess');
    }
  },
);
