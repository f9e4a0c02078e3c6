import { createAuthSubgraph, type AuthSubgraph } from '../../src/subgraph.js';
import type { UserListQuery } from '../../src/features/user-list/user-list.js';
import { writeCursor } from '../../src/features/user-list/user-position.js';
import { textTable } from '../../src/platform/commands/text-table.js';
import { systemClock } from '../../src/platform/clock.js';
import { round } from '../bench/figures/numbers.js';
import type { Grown, PostgresServer } from './databases.js';
import { pickPeople } from './people.js';
import { readStatements, resetStatements } from './statements.js';

/** What one list cost the database. */
export interface ListCost {
  readonly users: number;
  readonly blocks: number;
  readonly ms: number;
}

type Costs = Readonly<Record<string, ListCost>>;

const SECRET = 'not secret: nothing outside of this process sees it';
const FIRST = 20;

/** Reads how many blocks lists and searches read in each database, and prints a table. */
export async function measureLists(server: PostgresServer, databases: readonly Grown[]): Promise<object> {
  const measured: [string, Costs][] = [];
  for (const database of databases) measured.push([database.name, await listsOf(server, database)]);
  const names = Object.keys(measured[0]?.[1] ?? {});
  const rows = names.map((name) => [name, ...measured.map(([, costs]) => describe(costs[name]))]);
  const head = databases.map(({ users }) => `${users.toLocaleString('en')} users`);
  console.error(textTable([['blocks read (time)', ...head], ...rows]));
  return Object.fromEntries(measured);
}

function describe(cost: ListCost | undefined): string {
  return cost === undefined ? '-' : `${String(cost.blocks)} (${String(cost.ms)} ms)`;
}

async function listsOf(server: PostgresServer, database: Grown): Promise<Costs> {
  const auth = await createAuthSubgraph({
    ...{ environment: 'test', jwt: { secret: SECRET }, mailer: false },
    database: { url: database.url },
  });
  const costs: Record<string, ListCost> = {};
  for (const [name, query] of Object.entries(await queriesOf(database)))
    costs[name] = await costOf(server, database, await readerOf(auth, database), { first: FIRST, ...query });
  await auth.close();
  return costs;
}

type Reader = (query: UserListQuery) => Promise<number>;

/** Lists as an operator does, whose session is checked too. */
async function readerOf(auth: AuthSubgraph, { client, users }: Grown): Promise<Reader> {
  const [person] = await pickPeople(client, users, 1);
  if (!person) throw new Error('there is nobody who could be an operator');
  const { userId, sessionId } = person;
  const operator = {
    kind: 'user',
    userId,
    sessionId,
    scopes: ['auth:users:read'],
    issuedAt: systemClock.now(),
  } as const;
  return async (query) => (await auth.services.userLists.list(operator, query)).users.length;
}

async function costOf(server: PostgresServer, database: Grown, read: Reader, query: UserListQuery): Promise<ListCost> {
  await read(query);
  await resetStatements(server, database);
  const users = await read(query);
  const statements = await readStatements(server, database);
  const sum = (of: (statement: (typeof statements)[number]) => number): number =>
    statements.reduce((total, statement) => total + of(statement), 0);
  return {
    users,
    blocks: sum(({ blocks }) => blocks),
    ms: round(
      sum(({ ms }) => ms),
      2,
    ),
  };
}

async function queriesOf({ client, users }: Grown): Promise<Readonly<Record<string, Omit<UserListQuery, 'first'>>>> {
  const { rows } = await client.query<{ key: string; id: string }>(
    `select created_at at time zone 'UTC' || '+00' as key, id from auth_user order by created_at offset $1 limit 1`,
    [Math.floor(users / 2)],
  );
  const { key, id } = rows[0] ?? { key: '', id: '' };
  const search = (text: string): Omit<UserListQuery, 'first'> => ({ filter: { search: text } });
  return {
    'first page': { filter: {} },
    'a page in the middle': { filter: {}, after: writeCursor({ list: 'NEWEST_FIRST', key, id }) },
    'by address': { filter: {}, orderBy: 'EMAIL' },
    'unverified, one in a thousand': { filter: { emailVerified: false } },
    'with a role, one in ten thousand': { filter: { role: 'editor' } },
    'locked out': { filter: { locked: true } },
    'search: an id': search(id),
    'search: "gr", a first name of one in seven': search('gr'),
    'search: "lovelace a", both names': search('lovelace a'),
    'search: "ab", addresses and nothing else': search('ab'),
    'search: "zzzz", nobody': search('zzzz'),
    'search: "@exam", a domain of everyone': search('@exam'),
    'search: "gr" among the unverified': { filter: { search: 'gr', emailVerified: false } },
  };
}
