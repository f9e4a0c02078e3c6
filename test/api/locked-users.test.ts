import { beforeAll, expect, test } from '@jest/globals';
import { DEFAULT_PASSWORD, newEmail, type Outcome, type SignedIn } from '../support/graphql-client.js';
import { manage, newOperator } from '../support/operators.js';
import { createTestApp, type TestApp } from '../support/test-app.js';
import { importUser } from '../support/user-lines.js';

const SCOPES = ['auth:users:read', 'auth:users:write', 'auth:users:credentials'];

let app: TestApp;
let boss: SignedIn;
beforeAll(async () => {
  app = await createTestApp({ admin: { schema: 'included' }, background: true });
  boss = await newOperator(app, SCOPES);
});

async function lock(email: string, deviceToken: string | null = null): Promise<void> {
  for (let time = 0; time < 5; time += 1) await app.mutate('login', { email, password: 'wrong', deviceToken });
}

const move = (userId: string, address: string): Promise<object> =>
  manage(app, 'adminChangeUserEmail', { userId, newEmail: address }, boss);

/** Moves an account to another address as its user does. `meanwhile` happens before the link is followed. */
async function confirmMove(
  { accessToken, password }: SignedIn,
  address: string,
  meanwhile: () => Promise<unknown> = async () => undefined,
): Promise<void> {
  await app.mutate('changeEmail', { newEmail: address, currentPassword: password }, { token: accessToken });
  const token = await app.mailer.token(address, 'change-email-confirm');
  await meanwhile();
  await app.mutate('confirmEmailChange', { token }, { token: accessToken });
}

/** What happens to a user, whose id it returns. */
type Happening = () => Promise<string>;

const LOCKED: [string, Happening][] = [
  [
    'guesses at the address',
    async () => {
      const { email, userId } = await app.register();
      await lock(email);
      return userId;
    },
  ],
  [
    'guesses on a known device',
    async () => {
      const ada = await app.register();
      const { deviceToken } = await app.mutate('login', { email: ada.email, password: ada.password });
      await lock(ada.email, deviceToken ?? null);
      return ada.userId;
    },
  ],
  [
    'guesses before an operator created the account',
    async () => {
      const email = newEmail();
      await lock(email);
      return (await manage(app, 'adminCreateUser', { email, invite: false }, boss)).record?.id ?? '';
    },
  ],
  [
    'guesses before the registration',
    async () => {
      const email = newEmail();
      await lock(email);
      return (await app.register({ email })).userId;
    },
  ],
  [
    'guesses before the import',
    async () => {
      const email = newEmail();
      await lock(email);
      await importUser(app, { email });
      return (await app.auth.services.accounts.find(email)).id;
    },
  ],
  [
    'guesses before an operator moved the account there',
    async () => {
      const [{ userId }, address] = [await app.register(), newEmail()];
      await lock(address);
      await move(userId, address);
      return userId;
    },
  ],
  [
    'guesses before the user moved there',
    async () => {
      const [ada, address] = [await app.register(), newEmail()];
      await lock(address);
      await confirmMove(ada, address);
      return ada.userId;
    },
  ],
  [
    'an operator before another one moved the account',
    async () => {
      const { email, userId } = await app.register();
      await app.auth.services.unlock.lock(email);
      await move(userId, newEmail());
      return userId;
    },
  ],
  [
    'an operator before the user moved, to an address with wrong guesses',
    async () => {
      const [ada, address] = [await app.register(), newEmail()];
      await app.mutate('login', { email: address, password: 'wrong' });
      await confirmMove(ada, address, () => app.auth.services.unlock.lock(ada.email));
      return ada.userId;
    },
  ],
  [
    'guesses while the account was deactivated',
    async () => {
      const { email, userId } = await app.register();
      await manage(app, 'adminDeactivateUser', { userId }, boss);
      await lock(email);
      await manage(app, 'adminReactivateUser', { userId }, boss);
      return userId;
    },
  ],
];

const UNLOCKED: [string, Happening][] = [
  [
    'an operator has moved from the locked address',
    async () => {
      const { email, userId } = await app.register();
      await lock(email);
      await move(userId, newEmail());
      return userId;
    },
  ],
  [
    'has moved away from the locked address, which somebody else has now',
    async () => {
      const { email, userId } = await app.register();
      await lock(email);
      await move(userId, newEmail());
      await app.register({ email });
      return userId;
    },
  ],
  [
    'has forgotten the locked device with a change of the password',
    async () => {
      const ada = await app.register();
      const { deviceToken } = await app.mutate('login', { email: ada.email, password: ada.password });
      await lock(ada.email, deviceToken ?? null);
      const input = { currentPassword: ada.password, newPassword: `${DEFAULT_PASSWORD}!` };
      await app.mutate('changePassword', input, { token: ada.accessToken });
      return ada.userId;
    },
  ],
];

interface Shown {
  readonly adminUser: { readonly email: string; readonly lockedUntil: string | null };
}

/** What the record says of a user, what both lists say, and what a sign-in does. */
async function stateOf(userId: string): Promise<object> {
  app.clock.advance(2);
  const { accessToken: token } = await app.login(boss);
  const shown = await app.request<Shown>(
    'query ($id: ID!) { adminUser(id: $id) { ... on AuthUserRecord { email lockedUntil } } }',
    { id: userId },
    { token },
  );
  const { email, lockedUntil } = shown.data.adminUser;
  const isListed = async (locked: boolean): Promise<boolean> => {
    const query = 'query ($filter: AdminUserFilter) { adminUsers(filter: $filter) { nodes { id } } }';
    const filter = { locked, search: email };
    const { data } = await app.request<{ adminUsers: { nodes: { id: string }[] } }>(query, { filter }, { token });
    return data.adminUsers.nodes.some(({ id }) => id === userId);
  };
  return { record: lockedUntil !== null, locked: await isListed(true), unlocked: await isListed(false) };
}

test.each(LOCKED)('the list has a user who is locked out by %s', async (_case, happen) => {
  expect(await stateOf(await happen())).toEqual({ record: true, locked: true, unlocked: false });
});

test.each<[string, (user: SignedIn, address: string, lock: () => Promise<unknown>) => Promise<unknown>]>([
  ['by themselves', confirmMove],
  ['by an operator', async ({ userId }, address, lockUser) => lockUser().then(() => move(userId, address))],
])('users whom an operator has locked cannot sign in once they are moved %s', async (_case, moveWhileLocked) => {
  const [ada, address] = [await app.register(), newEmail()];
  await moveWhileLocked(ada, address, () => app.auth.services.unlock.lock(ada.email, 600));
  const login = (): Promise<Outcome> => app.mutate('login', { email: address, password: ada.password });
  expect(await login()).toMatchObject({ __typename: 'AccountLockedError', retryAfterSeconds: 600 });
  expect(await app.auth.services.unlock.unlock(address)).toBe(true);
  expect((await login()).__typename).toBe('LoginSuccess');
});

test.each(UNLOCKED)('the list has no user as locked out who %s', async (_case, happen) => {
  expect(await stateOf(await happen())).toEqual({ record: false, locked: false, unlocked: true });
});
