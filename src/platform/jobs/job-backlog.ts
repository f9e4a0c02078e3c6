import type { EntityManager } from '@mikro-orm/postgresql';
import { sql, type RawBuilder } from 'kysely';
import { onlyRow } from '../database/only-row.js';
import { jobSchema } from './job-schema.js';

/** Measures what waits in queues. Does not start them; a queue that has never been started is empty. */
export class JobBacklog {
  constructor(private readonly em: EntityManager) {}

  /** The number of jobs in a queue. */
  async count(queue: string): Promise<number> {
    return this.countWhere([queue], sql`state < 'completed'`);
  }

  /** The number of jobs in these queues that have failed and will be retried. */
  async countRetries(queues: readonly string[]): Promise<number> {
    return this.countWhere(queues, sql`state = 'retry'`);
  }

  /** How long the oldest job that is due has waited in any of these queues, in seconds; 0 if none is due. */
  async oldestDueSeconds(queues: readonly string[]): Promise<number> {
    const schema = await jobSchema(this.em);
    if (!schema) return 0;
    // The queue's own clock decides when a retry is due.
    const { rows } = await sql<{ seconds: number }>`
      select coalesce(extract(epoch from ${schema}.job_now() - min(start_after)), 0)::float8 as seconds from ${schema}.job
      where name = any(${[...queues]}::text[]) and state < 'active' and not blocked
        and start_after <= ${schema}.job_now()`.execute(this.em.getKysely());
    return onlyRow(rows).seconds;
  }

  private async countWhere(queues: readonly string[], condition: RawBuilder<unknown>): Promise<number> {
    const schema = await jobSchema(this.em);
    if (!schema) return 0;
    const { rows } = await sql<{ count: number }>`
      select count(*)::int from ${schema}.job
      where name = any(${[...queues]}::text[]) and ${condition}`.execute(this.em.getKysely());
    return onlyRow(rows).count;
  }
}
