import { beforeAll, describe, expect, test } from '@jest/globals';
import { allDelivered } from '../support/deliveries.js';
import { DEFAULT_PASSWORD, newEmail, type SignedIn } from '../support/graphql-client.js';
import { recordingLogger } from '../support/recording-logger.js';
import { createTestApp, type TestApp } from '../support/test-app.js';

/** What an application may pass on from a client. */
const MALFORMED_IDS = ['', '42', 'nobody\u0000', '0'.repeat(36)];
const MALFORMED_ORIGINS = [
  { ipAddress: 'x'.repeat(60), userAgent: 'agent' },
  { ipAddress: 'unknown', userAgent: 'agent\u0000' },
  { ipAddress: `fe80::1%${'z'.repeat(50)}`, userAgent: 'u'.repeat(600) },
  { ipAddress: '192.0.2.1\u0000', userAgent: '\ud800' },
];
const ORIGIN = { ipAddress: '192.0.2.1', userAgent: 'agent' };
const { logger, lines } = recordingLogger();

let app: TestApp;
let ada: SignedIn;
beforeAll(async () => {
  app = await createTestApp({
    logger,
    background: true,
    rateLimits: { enabled: true },
    emailLimit: { maxPerOriginPerHour: 10 },
  });
  ada = await app.register();
});

const ownerOf = ({ userId, sessionId }: SignedIn) => ({ userId, sessionId });

describe('a malformed value fails no other request of the same turn', () => {
  test('in the ids of a viewer, whose session counts as ended', async () => {
    const { users } = app.auth.services;
    const viewers = MALFORMED_IDS.flatMap((id) => [
      { ...ownerOf(ada), userId: id },
      { ...ownerOf(ada), sessionId: id },
    ]);
    const ended: unknown = expect.objectContaining({
      extensions: expect.objectContaining({ reason: 'SESSION_ENDED' }),
    });
    const asked = await Promise.allSettled([ownerOf(ada), ...viewers].map((viewer) => users.me(viewer)));
    expect(asked).toEqual([
      { status: 'fulfilled', value: expect.objectContaining({ id: ada.userId }) },
      ...viewers.map(() => ({ status: 'rejected', reason: ended })),
    ]);
    const found = await Promise.all([ownerOf(ada), ...viewers].map((viewer) => users.findUsers([ada.userId], viewer)));
    expect(found.map(({ viewerIsLive }) => viewerIsLive)).toEqual([true, ...viewers.map(() => false)]);
    for (const each of found) expect([...each.users.keys()]).toEqual([ada.userId]);
  });

  test('in the ids of users, which are those of nobody', async () => {
    const { users } = app.auth.services;
    const asked = [[ada.userId], ...MALFORMED_IDS.map((id) => [id]), [...MALFORMED_IDS, ada.userId]];
    const found = await Promise.all(asked.map((ids) => users.findUsers(ids, undefined)));
    expect(found.map((each) => each.users.size)).toEqual([1, ...MALFORMED_IDS.map(() => 0), 1]);
  });

  test('in the ids of whose documents, sessions and events are read, which are those of nobody', async () => {
    const { metadata, profiles, securityEvents, sessions, userRecords } = app.auth.services;
    await profiles.update(ada.userId, { publicMetadata: { plan: 'pro' } });
    const ids = [...MALFORMED_IDS, ada.userId.toUpperCase(), ...MALFORMED_IDS];
    const hers = ids.map((id) => id === ada.userId.toUpperCase());
    expect(await metadata.find('publicMetadata', ids)).toEqual(hers.map((isHers) => (isHers ? { plan: 'pro' } : {})));
    const documents = await userRecords.metadata(ids);
    expect(documents.map(({ publicMetadata }) => 'plan' in publicMetadata)).toEqual(hers);
    const live = await userRecords.liveSessions(ids);
    expect(live.map((found) => found.length > 0)).toEqual(hers);
    expect((await Promise.all(ids.map((id) => sessions.list(id)))).map((found) => found.length > 0)).toEqual(hers);

    const page = { first: 5, after: undefined, names: undefined };
    await allDelivered(app);
    const pages = await securityEvents.listForEach(ids, page);
    expect(pages.map(({ events }) => events.length > 0)).toEqual(hers);
    const single = await Promise.all(ids.map((id) => securityEvents.list(id, page)));
    expect(single.map(({ events }) => events.length > 0)).toEqual(hers);
    for (const after of MALFORMED_IDS) {
      const refused = { code: 'AUTH_INVALID_INPUT', field: 'after' };
      await expect(securityEvents.list(ada.userId, { ...page, after })).rejects.toMatchObject(refused);
      await expect(securityEvents.listForEach(ids, { ...page, after })).rejects.toMatchObject(refused);
    }
  });

  test('in the origin of a refresh, which is cut', async () => {
    const { sessions } = app.auth.services;
    const origins = [ORIGIN, ...MALFORMED_ORIGINS];
    const signedIn: SignedIn[] = [];
    while (signedIn.length < origins.length) signedIn.push(await app.login(ada));
    const refreshed = await Promise.all(
      origins.map((origin, index) => sessions.refresh(signedIn[index]?.refreshToken, origin)),
    );
    // An unknown address leaves the one of the sign-in.
    expect(refreshed.map(({ session: { ipAddress, userAgent } }) => [ipAddress, userAgent])).toEqual([
      ['192.0.2.1', 'agent'],
      ['127.0.0.1', 'agent'],
      ['127.0.0.1', 'agent'],
      ['fe80::1', 'u'.repeat(512)],
      ['127.0.0.1', '\ufffd'],
    ]);
  });
});

test.each<[unknown]>([['admin'], [{ 0: 'admin', length: 1 }], [new Set(['admin'])], [null], [5]])(
  '%j is not a list of roles or scopes',
  async (value) => {
    const { roles, serviceAccounts, userCreation } = app.auth.services;
    const list = value as string[];
    const refused = (field: string): object => ({ code: 'AUTH_INVALID_INPUT', field });
    await expect(roles.set(ada.userId, list)).rejects.toMatchObject(refused('roles'));
    await expect(roles.change(ada.userId, { add: list, remove: [] })).rejects.toMatchObject(refused('roles'));
    await expect(roles.change(ada.userId, { add: [], remove: list })).rejects.toMatchObject(refused('roles'));
    await expect(serviceAccounts.create({ name: 'billing', scopes: list })).rejects.toMatchObject(refused('scopes'));
    if (value === null) return;
    await expect(userCreation.create({ email: newEmail(), roles: list })).rejects.toMatchObject(refused('roles'));
  },
);

test('users are found by ids in upper case, whether or not other requests share the statement', async () => {
  const { users } = app.auth.services;
  const find = async (id: string): Promise<string[]> => [...(await users.findUsers([id], undefined)).users.keys()];
  const upper = ada.userId.toUpperCase();
  expect(await find(upper)).toEqual([ada.userId]);
  expect(await Promise.all([find(upper), find(ada.userId)])).toEqual([[ada.userId], [ada.userId]]);
});

test.each(MALFORMED_ORIGINS)('malformed origin %# fails no service', async (origin) => {
  const { emailVerification, login, passwordReset, registration, serviceTokens } = app.auth.services;
  const email = newEmail();
  await registration.register({ email, password: DEFAULT_PASSWORD }, origin);
  await expect(login.login({ email, password: 'wrong' }, origin)).rejects.toMatchObject({
    code: 'AUTH_INVALID_CREDENTIALS',
  });
  const { session } = await login.login({ email, password: DEFAULT_PASSWORD }, origin);
  expect([null, 'fe80::1']).toContain(session.ipAddress);
  await passwordReset.requestMail(newEmail(), origin);
  await emailVerification.requestMail(newEmail(), origin);
  await expect(serviceTokens.issue('unknown', origin)).rejects.toMatchObject({ code: expect.stringMatching(/^AUTH_/) });
  expect(JSON.stringify(lines())).not.toMatch(/x{60}|z{50}|u{600}|unknown"|\\u0000/);
});
