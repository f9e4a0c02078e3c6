import { beforeAll, expect, test } from '@jest/globals';
import { manageResponse } from '../support/operators.js';
import { RunRecord } from '../support/secrets/run-record.js';
import { exchange } from '../support/service-accounts.js';
import { startTwoServices, type Cluster } from '../support/shared-database.js';

const SCOPES = ['auth:users:write', 'auth:services:write'];

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startTwoServices({ ADMIN_SCHEMA: 'included', SERVICE_ACCOUNTS_ENABLED: 'true' });
});

interface Program {
  readonly id: string;
  readonly accessToken: string;
}

interface Created {
  readonly serviceAccount?: { readonly id: string };
  readonly secret?: string;
}

/** A service account with every scope that these tests need. */
async function program(): Promise<Program> {
  const service = cluster.service(0);
  const user = await service.register();
  await cluster.database.sql('update auth_user set roles = $2 where id = $1', [user.userId, SCOPES]);
  const { accessToken: token } = await service.login(user);
  const run = async (operation: string): Promise<Created> =>
    (await service.request<{ created: Created }>(`mutation { created: ${operation} }`, {}, { token })).data.created;
  const scopes = JSON.stringify(SCOPES);
  const { serviceAccount } = await run(
    `adminCreateServiceAccount(input: { name: "x", scopes: ${scopes} }) { ... on AuthServiceAccountCreated { serviceAccount { id } } }`,
  );
  const id = serviceAccount?.id ?? '';
  const { secret = '' } = await run(
    `adminCreateServiceKey(input: { serviceAccountId: "${id}" }) { ... on AuthServiceKeyCreated { secret } }`,
  );
  RunRecord.ofRun().secret(secret, 'key');
  return { id, accessToken: (await exchange(service, secret)).accessToken ?? '' };
}

/** Deletes a service account and returns the reason of a refusal. */
async function remove(turn: number, { id }: Program, { accessToken: token }: Program): Promise<string | undefined> {
  const operation = `mutation { adminDeleteServiceAccount(input: { serviceAccountId: "${id}" }) {
    ... on AuthServiceAccountDeleted { serviceAccountId } ... on AuthError { code } } }`;
  const { data, errors } = await cluster
    .service(turn)
    .request<{ adminDeleteServiceAccount: { code?: string } | null }>(operation, {}, { token });
  return errors[0]?.extensions.reason ?? data.adminDeleteServiceAccount?.code;
}

test('a service account that is deleted while its change waits does not act', async () => {
  const [self, other] = [await program(), await program()];
  const { userId } = await cluster.service(0).register();
  const release = await cluster.database.lockRows('auth_user', [userId]);
  const change = manageResponse(cluster.service(0), 'adminUpdateUser', { userId, displayName: 'Ada' }, self);
  await cluster.database.untilWaiting('with pair as');
  const finished: (string | undefined)[] = [];
  const deletion = remove(1, self, other).then((refusal) => finished.push(refusal));
  // The deletion is either done, or it waits for the change.
  await Promise.race([deletion, cluster.database.untilWaiting('with services as')]);
  const wasFirst = finished.length > 0;
  await release();
  const { data, errors } = await change;
  await deletion;
  expect(finished).toEqual([undefined]);
  expect({ changed: data['adminUpdateUser']?.changed, reason: errors[0]?.extensions.reason }).toEqual(
    wasFirst ? { reason: 'SESSION_ENDED' } : { changed: true },
  );
});

test('of two service accounts that delete each other at once, one stays', async () => {
  const pair = [await program(), await program()] as const;
  const release = await cluster.database.lockRows(
    'auth_service_account',
    pair.map(({ id }) => id),
  );
  const deletions = [remove(0, pair[1], pair[0]), remove(1, pair[0], pair[1])];
  await cluster.database.untilWaiting('with services as', 2);
  await release();
  expect((await Promise.all(deletions)).sort()).toEqual(['SESSION_ENDED', undefined]);
});

test('an operator whose role is taken while a key waits creates it before that, or not at all', async () => {
  const target = await program();
  const user = await cluster.service(0).register();
  await cluster.database.sql('update auth_user set roles = $2 where id = $1', [user.userId, SCOPES]);
  const { accessToken: token } = await cluster.service(0).login(user);
  const release = await cluster.database.lockRows('auth_service_account', [target.id]);
  const created = cluster
    .service(0)
    .request<{ adminCreateServiceKey: { __typename: string } | null }>(
      `mutation { adminCreateServiceKey(input: { serviceAccountId: "${target.id}" }) { __typename } }`,
      {},
      { token },
    );
  await cluster.database.untilWaiting('with services as');
  const demotion = cluster.database.sql('update auth_user set roles = $2, tokens_not_before = now() where id = $1', [
    user.userId,
    [],
  ]);
  const demotedFirst = await Promise.race([
    demotion.then(() => true),
    cluster.database.untilWaiting('tokens_not_before = now()').then(() => false),
  ]);
  await release();
  await demotion;
  const hasKey = (await created).data.adminCreateServiceKey?.__typename === 'AuthServiceKeyCreated';
  expect({ hasKey, demotedFirst }).toEqual({ hasKey: true, demotedFirst: false });
});
