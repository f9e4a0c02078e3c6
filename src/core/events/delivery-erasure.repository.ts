import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import { jobSchema } from '../../platform/jobs/job-schema.js';
import { isAbout, isTraceOf, type EventSubjects } from './outbox.row.js';

/** Erases deliveries of events. */
export class DeliveryErasureRepository {
  constructor(private readonly em: EntityManager) {}

  /**
   * Deletes the deliveries of events that are about these users or addresses: waiting, done and parked. Removes the IP
   * address and the User-Agent from those of other events that these users caused.
   */
  async deleteAbout(subjects: EventSubjects): Promise<void> {
    const schema = await jobSchema(this.em);
    if (schema === undefined) return;
    const payload = sql`(j.data->'event'->'payload')`;
    const origin = sql`(j.data->'event'->'origin')`;
    // Twice: a delivery that fails meanwhile is deleted and inserted again, and the first time may only see the old row.
    for (let time = 0; time < 2; time += 1) {
      await sql`delete from ${schema}.job j where ${isAbout(payload, subjects)}`.execute(this.em.getKysely());
      await sql`
        update ${schema}.job j set data = j.data #- '{event,origin,ipAddress}' #- '{event,origin,userAgent}'
        where ${isTraceOf(origin, subjects)}`.execute(this.em.getKysely());
    }
  }
}
