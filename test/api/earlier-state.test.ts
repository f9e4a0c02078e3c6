import { beforeAll, expect, test } from '@jest/globals';
import type { SignedIn } from '../support/graphql-client.js';
import { createTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let rotated: { readonly before: SignedIn; readonly refreshToken: string };
let loggedOut: SignedIn;

/** The sessions go back to an earlier state, as after a restore or after a failover that loses the last transactions. */
beforeAll(async () => {
  app = await createTestApp();
  const before = await app.register();
  loggedOut = await app.register();
  await app.database.sql('create table backup as select * from auth_session');
  const { tokens } = await app.refresh(before.refreshToken);
  rotated = { before, refreshToken: tokens?.refreshToken ?? '' };
  await app.mutate('logout', undefined, { token: loggedOut.accessToken });
  await app.database.sql('delete from auth_session');
  await app.database.sql('insert into auth_session select * from backup');
});

test('a refresh token that was issued after the restored state ends its session', async () => {
  expect((await app.refresh(rotated.refreshToken)).__typename).toBe('InvalidTokenError');
  expect((await app.me(rotated.before.accessToken)).errors[0]?.extensions.reason).toBe('SESSION_ENDED');
});

test('a session that ended after the restored state is open again', async () => {
  expect((await app.me(loggedOut.accessToken)).errors).toEqual([]);
  expect((await app.refresh(loggedOut.refreshToken)).__typename).toBe('LoginSuccess');
});
