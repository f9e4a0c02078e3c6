import { setTimeout as delay } from 'node:timers/promises';
import { IsolationLevel, type MikroORM } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import type { Logger } from '../logger.js';
import { inspectUsable, requireRights } from './installation.js';
import { logWait } from './log-wait.js';
import type { IndexDefinition } from './tables.js';

/** An arbitrary advisory lock key that every process of this service uses while it builds indexes. */
const INDEX_LOCK = 4_951_207_317;
const LOCK_POLLING_MS = 200;

interface Found {
  readonly name: string;
  /** The name with that of its schema. */
  readonly qualifiedName: string;
  readonly isValid: boolean;
}

interface Missing extends IndexDefinition {
  /** What an interrupted build has left. */
  readonly remains: string | undefined;
}

/** The names of the indexes that are missing, or unusable because building them was interrupted. */
export async function missingIndexes(orm: MikroORM, indexes: readonly IndexDefinition[]): Promise<string[]> {
  return (await missing(orm, indexes)).map(({ name }) => name);
}

/**
 * Builds indexes while the service reads and writes. If several processes start together, one builds and the others wait
 * outside of any transaction: a concurrent build waits until every transaction ends that runs a statement when it starts.
 */
export async function buildIndexes(orm: MikroORM, indexes: readonly IndexDefinition[], logger: Logger): Promise<void> {
  if ((await missing(orm, indexes)).length === 0) return;
  const report = (): void =>
    logger.warn({}, 'an index is being built, which waits for all transactions that began earlier, such as a backup');
  await logWait(buildInTurn(orm, indexes), report);
}

async function buildInTurn(orm: MikroORM, indexes: readonly IndexDefinition[]): Promise<void> {
  while (!(await buildAlone(orm, indexes))) await delay(LOCK_POLLING_MS);
}

/**
 * Builds what is missing, or returns `false` if another process is building. The transaction only holds the lock, which
 * works behind a pooler, and does not delay the builds while it is idle.
 */
async function buildAlone(orm: MikroORM, indexes: readonly IndexDefinition[]): Promise<boolean> {
  return orm.em.fork().transactional(
    async (em) => {
      if (!(await takesLock(em.getKysely()))) return false;
      const found = await missing(orm, indexes);
      if (found.length > 0) requireRights(await inspectUsable(em), true);
      for (const { name, on, remains } of found) {
        if (remains !== undefined) await execute(orm, `drop index concurrently if exists ${remains}`);
        await execute(orm, `create index concurrently ${name} on ${on}`);
      }
      return true;
    },
    { isolationLevel: IsolationLevel.READ_COMMITTED },
  );
}

type Kysely = ReturnType<MikroORM['em']['getKysely']>;

/** Has no parameters: the driver would otherwise leave a portal open, whose snapshot a concurrent build waits for. */
async function takesLock(kysely: Kysely): Promise<boolean> {
  const { rows } = await sql<{ isTaken: boolean }>`
    select pg_try_advisory_xact_lock(${sql.lit(INDEX_LOCK)}) as "isTaken"`.execute(kysely);
  return rows[0]?.isTaken ?? false;
}

/** Runs a statement that must not be part of a transaction. */
async function execute(orm: MikroORM, statement: string): Promise<void> {
  await orm.em.getDriver().getConnection().execute(statement);
}

/** Only looks at our tables: another schema of the search path may contain the tables of another service. */
async function missing(orm: MikroORM, indexes: readonly IndexDefinition[]): Promise<Missing[]> {
  const tables = indexes.map(({ on }) => on.split(/[ (]/, 1));
  const found = await orm.em
    .getDriver()
    .getConnection()
    .execute<Found[]>(
      `select c.relname as name, format('%I.%I', n.nspname, c.relname) as "qualifiedName", indisvalid as "isValid"
       from pg_index join pg_class c on c.oid = indexrelid join pg_namespace n on n.oid = c.relnamespace
       where indrelid in (${tables.map(() => 'to_regclass(?)').join(', ')})`,
      tables.flat(),
    );
  const byName = new Map(found.map((index) => [index.name, index]));
  return indexes
    .filter(({ name }) => byName.get(name)?.isValid !== true)
    .map((index) => ({ ...index, remains: byName.get(index.name)?.qualifiedName }));
}
