import { beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import { manageResponse } from '../support/operators.js';
import { RunRecord } from '../support/secrets/run-record.js';
import { exchange } from '../support/service-accounts.js';
import { startTwoServices, type Cluster } from '../support/shared-database.js';
import { until } from '../support/until.js';

const SCOPES = ['auth:users:write', 'auth:services:write'];

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startTwoServices({ ADMIN_SCHEMA: 'included', SERVICE_ACCOUNTS_ENABLED: 'true' });
}, 60_000);

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

/** Holds a row until it is released. */
async function hold(table: 'auth_user' | 'auth_service_account', ids: readonly string[]): Promise<pg.Client> {
  const holder = new pg.Client({ connectionString: cluster.database.url });
  await holder.connect();
  await holder.query('begin');
  await holder.query(`select from ${table} where id = any($1) for update`, [ids]);
  return holder;
}

async function waiting(): Promise<number> {
  const [row] = await cluster.database.sql<{ count: number }>(`select count(*)::int as count from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock'`);
  return row?.count ?? 0;
}

test('a service account that is deleted while its change waits does not act', async () => {
  const [self, other] = [await program(), await program()];
  const { userId } = await cluster.service(0).register();
  const holder = await hold('auth_user', [userId]);
  const change = manageResponse(cluster.service(0), 'adminUpdateUser', { userId, displayName: 'Ada' }, self);
  await until(async () => (await waiting()) === 1, 'the change waits');
  const finished: (string | undefined)[] = [];
  const deletion = remove(1, self, other).then((refusal) => finished.push(refusal));
  // The deletion is either done, or it waits for the change.
  await until(async () => finished.length > 0 || (await waiting()) === 2, 'the deletion');
  const wasFirst = finished.length > 0;
  await holder.end();
  const { data, errors } = await change;
  await deletion;
  expect(finished).toEqual([undefined]);
  expect({ changed: data['adminUpdateUser']?.changed, reason: errors[0]?.extensions.reason }).toEqual(
    wasFirst ? { reason: 'SESSION_ENDED' } : { changed: true },
  );
}, 60_000);

test('of two service accounts that delete each other at once, one stays', async () => {
  const pair = [await program(), await program()] as const;
  const holder = await hold(
    'auth_service_account',
    pair.map(({ id }) => id),
  );
  const deletions = [remove(0, pair[1], pair[0]), remove(1, pair[0], pair[1])];
  await until(async () => (await waiting()) === 2, 'both deletions wait');
  await holder.end();
  expect((await Promise.all(deletions)).sort()).toEqual(['SESSION_ENDED', undefined]);
}, 60_000);
