import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import { onlyRow } from '../database/only-row.js';
import { jobSchema } from './job-schema.js';

/** The number of jobs in a queue; 0 if the queue has never been started. */
export async function countJobs(em: EntityManager, queue: string): Promise<number> {
  const schema = await jobSchema(em);
  if (!schema) return 0;
  const { rows } = await sql<{ count: number }>`
    select count(*)::int from ${schema}.job where name = ${queue} and state < 'completed'`.execute(em.getKysely());
  return onlyRow(rows).count;
}

/** The number of jobs in these queues that have failed and will be retried. */
export async function countRetries(em: EntityManager, queues: readonly string[]): Promise<number> {
  const schema = await jobSchema(em);
  if (!schema) return 0;
  const { rows } = await sql<{ count: number }>`
    select count(*)::int from ${schema}.job
    where name = any(${[...queues]}::text[]) and state = 'retry'`.execute(em.getKysely());
  return onlyRow(rows).count;
}

/** How long the oldest job that is due has waited in any of these queues, in seconds; 0 if none is due. */
export async function oldestDueSeconds(em: EntityManager, queues: readonly string[]): Promise<number> {
  const schema = await jobSchema(em);
  if (!schema) return 0;
  // The queue's own clock decides when a retry is due.
  const { rows } = await sql<{ seconds: number }>`
    select coalesce(extract(epoch from ${schema}.job_now() - min(start_after)), 0)::float8 as seconds from ${schema}.job
    where name = any(${[...queues]}::text[]) and state < 'active' and not blocked
      and start_after <= ${schema}.job_now()`.execute(em.getKysely());
  return onlyRow(rows).seconds;
}
