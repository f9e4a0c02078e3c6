import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import { insertEvents } from './outbox.row.js';
import type { RecordedEvent } from './recorded-event.js';

/** All statements on `auth_outbox`, one for each method. */
export class OutboxRepository {
  constructor(private readonly em: EntityManager) {}

  /** Stores events in the current transaction. */
  async insert(events: readonly RecordedEvent[]): Promise<void> {
    await insertEvents(events, sql`true`).execute(this.em.getKysely());
  }

  /**
   * Removes and returns the oldest events with these names. Skips events that another process is taking; events with
   * other names stay for a process that knows them.
   */
  async take(names: readonly string[], limit: number): Promise<RecordedEvent[]> {
    type Row = Omit<RecordedEvent, 'occurredAt'> & { occurredAt: string };
    const { rows } = await sql<Row>`
      delete from auth_outbox where id in (
        select id from auth_outbox where name = any(${names}::text[]) order by id limit ${limit} for update skip locked
      ) returning id, name, payload, occurred_at as "occurredAt"`.execute(this.em.getKysely());
    return rows
      .map((row) => ({ ...row, occurredAt: new Date(row.occurredAt) }))
      .sort((left, right) => (left.id < right.id ? -1 : 1));
  }
}
