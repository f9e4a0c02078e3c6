import { beforeAll, expect, test } from '@jest/globals';
import { allDelivered } from '../support/deliveries.js';
import { newEmail, type SignedIn } from '../support/graphql-client.js';
import { manageResponse } from '../support/operators.js';
import { atOnce, startTwoServices, type Cluster } from '../support/shared-database.js';

const SCOPES = ['auth:users:write', 'auth:roles:write', 'auth:users:credentials'];

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startTwoServices({ ADMIN_SCHEMA: 'included' });
});

async function operator(): Promise<SignedIn> {
  const user = await cluster.service(0).register();
  await cluster.database.sql('update auth_user set roles = $2 where id = $1', [user.userId, SCOPES]);
  return cluster.service(0).login(user);
}

async function rolesOf({ userId }: SignedIn): Promise<string[]> {
  const [row] = await cluster.database.sql<{ roles: string[] }>('select roles from auth_user where id = $1', [userId]);
  return row?.roles ?? [];
}

test('of two operators who demote each other at once, one stays', async () => {
  const pair = [await operator(), await operator()] as const;
  const release = await cluster.database.lockRows(
    'auth_user',
    pair.map(({ userId }) => userId),
  );
  const demote = (turn: number, self: SignedIn, { userId }: SignedIn): ReturnType<typeof manageResponse> =>
    manageResponse(cluster.service(turn), 'adminChangeUserRoles', { userId, remove: SCOPES }, self);
  const demotions = [demote(0, pair[0], pair[1]), demote(1, pair[1], pair[0])];
  await cluster.database.untilWaiting('with pair as', 2);
  await release();
  const answers = await Promise.all(demotions);
  const left = await Promise.all(pair.map(rolesOf));
  expect(left.map((roles) => roles.length).sort()).toEqual([0, SCOPES.length]);
  const refusals = answers.flatMap(({ errors }) => errors.map(({ extensions }) => extensions.reason));
  expect(refusals).toEqual(['TOKEN_EXPIRED']);
});

test('twenty operators who add and remove roles at once lose nothing of each other', async () => {
  const ada = await cluster.service(0).register();
  await cluster.database.sql('update auth_user set roles = $2 where id = $1', [
    ada.userId,
    Array.from({ length: 10 }, (_value, n) => `old-${String(n)}`),
  ]);
  const operators: SignedIn[] = [];
  for (let n = 0; n < 20; n += 1) operators.push(await operator());
  await atOnce(20, async (turn) => {
    const n = String(Math.floor(turn / 2));
    const change = turn % 2 === 0 ? { add: [`new-${n}`] } : { remove: [`old-${n}`] };
    const input = { userId: ada.userId, ...change };
    const self = operators[turn];
    if (!self) throw new Error('an operator is missing');
    const { text } = await manageResponse(cluster.service(turn), 'adminChangeUserRoles', input, self);
    expect(text).toContain('"changed":true');
  });
  expect((await rolesOf(ada)).sort()).toEqual(Array.from({ length: 10 }, (_value, n) => `new-${String(n)}`));
});

test('of twenty deactivations by different operators at once, one changes the account and the others say so', async () => {
  const ada = await cluster.service(0).register();
  const operators: SignedIn[] = [];
  for (let n = 0; n < 20; n += 1) operators.push(await operator());
  const answers = await Promise.all(
    operators.map((self, turn) =>
      manageResponse(cluster.service(turn), 'adminDeactivateUser', { userId: ada.userId }, self),
    ),
  );
  const changed = answers.map(({ data }) => data['adminDeactivateUser']?.changed);
  expect(changed.filter((is) => is === true)).toHaveLength(1);
  expect(changed.filter((is) => is === false)).toHaveLength(19);
});

test('a sign-in and a change of password do not outlive a change of the address that happens during them', async () => {
  const [self, ada] = [await operator(), await cluster.service(0).register()];
  // The delivery of the registration locks the row with the same statement.
  await allDelivered(cluster);
  const release = await cluster.database.lockRows('auth_user', [ada.userId]);
  const change = { userId: ada.userId, newEmail: newEmail() };
  const moved = manageResponse(cluster.service(0), 'adminChangeUserEmail', change, self);
  await cluster.database.untilWaiting('order by id for no key update');
  const signedIn = cluster.service(1).mutate('login', { email: ada.email, password: ada.password });
  await cluster.database.untilWaiting('insert into auth_session');
  const passwords = { currentPassword: ada.password, newPassword: 'a different horse altogether' };
  const changed = cluster.service(1).mutation('changePassword', passwords, { token: ada.accessToken });
  await cluster.database.untilWaiting('update auth_user as u set password_hash');
  await release();
  expect((await moved).data['adminChangeUserEmail']?.changed).toBe(true);
  expect((await signedIn).__typename).toBe('InvalidCredentialsError');
  expect((await changed).errors[0]?.extensions.reason).toBe('SESSION_ENDED');
  const [row] = await cluster.database.sql<{ live: number }>(
    'select count(*)::int as live from auth_session where user_id = $1 and revoked_at is null',
    [ada.userId],
  );
  expect(row?.live).toBe(0);
  await cluster.service(0).login({ email: change.newEmail, password: ada.password });
});
