import { describe, expect, test } from '@jest/globals';
import { InvalidInputError } from '../../src/core/errors/errors.js';
import type { SignedIn } from '../support/graphql-client.js';
import { createTestApp, type TestApp } from '../support/test-app.js';
import { claimsOf } from '../support/token-claims.js';

const LIFETIME = 900;
const ROLE = 'auth:users:read';

/** Two processes on one database, the second of which has a clock that is ahead, and a user with a role. */
async function withClockAhead(seconds: number): Promise<{ slow: TestApp; fast: TestApp; ada: SignedIn }> {
  const slow = await createTestApp({ admin: { schema: 'included' } });
  const fast = await createTestApp({ admin: { schema: 'included' }, throughGate: async () => slow.database.url });
  const ada = await slow.register();
  await slow.auth.services.roles.set(ada.userId, [ROLE]);
  for (const app of [slow, fast]) app.clock.advance(600);
  fast.clock.advance(seconds);
  return { slow, fast, ada };
}

function advance(apps: readonly TestApp[], seconds: number): void {
  for (const app of apps) app.clock.advance(seconds);
}

async function mayList(app: TestApp, token: string): Promise<boolean> {
  return (await app.request('{ adminUsers { nodes { id } } }', {}, { token })).errors.length === 0;
}

type Tokens = Pick<SignedIn, 'accessToken' | 'refreshToken'>;

async function refreshed(app: TestApp, { refreshToken }: Tokens): Promise<Tokens> {
  const { tokens } = await app.refresh(refreshToken);
  return tokens ?? { accessToken: '', refreshToken: '' };
}

/** Sets the roles, and tries again for some seconds while that is refused. Returns the seconds that it took. */
async function setRoles(app: TestApp, apps: readonly TestApp[], userId: string, roles: string[]): Promise<number> {
  for (let seconds = 0; ; seconds += 1) {
    const refusal: unknown = await app.auth.services.roles.set(userId, roles).then(
      () => undefined,
      (error: unknown) => error,
    );
    if (refusal === undefined) return seconds;
    if (!(refusal instanceof InvalidInputError) || seconds === 15) throw refusal as Error;
    advance(apps, 1);
  }
}

/** The seconds after which a token was accepted, in the time that it could be. */
async function acceptedAt(token: string, apps: readonly TestApp[]): Promise<string[]> {
  const times: string[] = [];
  const { sub, iat } = claimsOf(token);
  const issuedAt = Number(iat);
  for (let seconds = 0; seconds < LIFETIME + 120; seconds += seconds < 80 ? 4 : 60) {
    for (const [index, app] of apps.entries()) {
      if (await mayList(app, token)) times.push(`by process ${String(index)} after ${String(seconds)} s`);
      const now = app.clock.now().getTime() / 1000;
      // What a verifier with the feed of revocations accepts.
      const isFresh = issuedAt >= ((await app.auth.revocations()).users[String(sub)] ?? 0);
      if (isFresh && issuedAt <= now + 60 && issuedAt + LIFETIME > now)
        times.push(`by a verifier after ${String(seconds)} s`);
    }
    advance(apps, seconds < 80 ? 4 : 60);
  }
  return times;
}

describe.each([0, 5, 12, 25, 45, 52, 58])('a role that is removed while another clock is %d seconds ahead', (ahead) => {
  test('is gone from every token that was issued before, and stays gone', async () => {
    const { slow, fast, ada } = await withClockAhead(ahead);
    const before = await refreshed(fast, ada);
    expect(await mayList(fast, before.accessToken)).toBe(true);
    expect(await setRoles(slow, [slow, fast], ada.userId, [])).toBe(0);
    expect(await acceptedAt(before.accessToken, [slow, fast])).toEqual([]);
  });

  test('is gone if the process whose clock is ahead had just added another one', async () => {
    const { slow, fast, ada } = await withClockAhead(ahead);
    await fast.auth.services.roles.set(ada.userId, [ROLE, 'editor']);
    const before = await refreshed(fast, ada);
    expect(await setRoles(slow, [slow, fast], ada.userId, ['editor'])).toBeLessThanOrEqual(Math.max(0, ahead - 47));
    expect(await acceptedAt(before.accessToken, [slow, fast])).toEqual([]);
  });

  test('can be added again, for a token that both accept at once or soon', async () => {
    const { slow, fast, ada } = await withClockAhead(ahead);
    const before = await refreshed(fast, ada);
    await setRoles(slow, [slow, fast], ada.userId, []);
    await setRoles(slow, [slow, fast], ada.userId, [ROLE]);
    advance([slow, fast], Math.max(0, ahead - 45));
    const { accessToken } = await refreshed(slow, before);
    expect(await mayList(slow, accessToken)).toBe(true);
    expect(await mayList(fast, accessToken)).toBe(true);
  });
});

test('a role that is removed is gone from the token of a sign-in that the change waits for', async () => {
  const { slow, fast, ada } = await withClockAhead(45);
  const release = await slow.database.lockRows('auth_user', [ada.userId]);
  const signIn = fast.login(ada);
  await slow.database.untilWaiting('auth_user');
  const removal = slow.auth.services.roles.set(ada.userId, []);
  await slow.database.untilWaiting('auth_user', 2);
  await release();
  const { accessToken } = await signIn;
  await removal;
  expect(await acceptedAt(accessToken, [slow, fast])).toEqual([]);
});

test.each([90, 3600])(
  'roles can change after the clock was set back by %d seconds since they last did',
  async (seconds) => {
    const { slow, ada } = await withClockAhead(0);
    await slow.auth.services.roles.set(ada.userId, [ROLE, 'editor']);
    slow.clock.advance(-seconds);
    expect(await setRoles(slow, [slow], ada.userId, [])).toBe(0);
  },
);

test.each([15, 45, 58])(
  'a role that is removed after the clock was set back by %d seconds is gone',
  async (seconds) => {
    const { slow, ada } = await withClockAhead(0);
    const before = await refreshed(slow, ada);
    slow.clock.advance(-seconds);
    expect(await setRoles(slow, [slow], ada.userId, [])).toBe(0);
    expect(await acceptedAt(before.accessToken, [slow])).toEqual([]);
  },
);
