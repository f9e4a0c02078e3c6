import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import { jobTable } from '../../platform/jobs/job-table.js';
import { isAbout, type EventSubjects } from './outbox.row.js';

/** Erases deliveries of events. */
export class DeliveryErasureRepository {
  constructor(private readonly em: EntityManager) {}

  /** Deletes the deliveries of events that are about these users or addresses: waiting, done and parked. */
  async deleteAbout(subjects: EventSubjects): Promise<void> {
    const table = await jobTable(this.em);
    if (table === undefined) return;
    const payload = sql`(j.data->'event'->'payload')`;
    await sql`delete from ${table} j where ${isAbout(payload, subjects)}`.execute(this.em.getKysely());
  }
}
