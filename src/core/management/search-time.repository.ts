import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';

/** Sets the time limit of searches. */
export class SearchTimeRepository {
  constructor(private readonly em: EntityManager) {}

  /** Limits the time of each statement of the current transaction. */
  async limitTime(milliseconds: number): Promise<void> {
    await sql`select set_config('statement_timeout', ${String(milliseconds)}, true)`.execute(this.em.getKysely());
  }
}
