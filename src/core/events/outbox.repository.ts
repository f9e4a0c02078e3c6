import type { EntityManager } from '@mikro-orm/postgresql';
import { sql, type RawBuilder } from 'kysely';
import type { OutboxBacklog } from '../observability/backlog.js';
import { insertEvents } from './outbox.row.js';
import type { RecordedEvent } from './recorded-event.js';
import { insertTrail } from './security-event.row.js';
import type { TrailEntry } from './security-trail.js';

/** What there is to do. */
export interface Pending {
  /** The oldest events. */
  readonly events: readonly RecordedEvent[];
  /** The queues that have a job to do. */
  readonly dueQueues: readonly string[];
}

/** All statements on `auth_outbox`, one for each method. */
export class OutboxRepository {
  constructor(private readonly em: EntityManager) {}

  /** Stores events in the current transaction. */
  async insert(events: readonly RecordedEvent[]): Promise<void> {
    await insertEvents(events, sql`true`).execute(this.em.getKysely());
  }

  /**
   * Returns the oldest events with these names, and the queues in which a job is due. Events with other names wait for a
   * process that knows them. Locks nothing, because there is usually nothing to do.
   * @param due an expression for the names of the queues
   */
  async findPending(names: readonly string[], limit: number, due: RawBuilder<string[]>): Promise<Pending> {
    type Row = Pending & { events: (Omit<RecordedEvent, 'occurredAt'> & { occurredAt: string })[] };
    const { rows } = await sql<Row>`
      select ${due} as "dueQueues", (select coalesce(json_agg(e order by e.id), '[]') from (
        select id, name, payload, occurred_at as "occurredAt", origin from auth_outbox
        where name = any(${names}::text[]) order by id limit ${limit}
      ) e) as events`.execute(this.em.getKysely());
    const { events = [], dueQueues = [] } = rows[0] ?? {};
    return { dueQueues, events: events.map((event) => ({ ...event, occurredAt: new Date(event.occurredAt) })) };
  }

  /** Measures the events that wait. Counts at most 10,000. */
  async backlog(now: Date): Promise<OutboxBacklog> {
    const { rows } = await sql<OutboxBacklog>`
      select (select count(*)::int from (select from auth_outbox limit 10000) e) as events,
        coalesce(extract(epoch from ${now}::timestamptz - (select occurred_at from auth_outbox order by id limit 1)), 0)::float8
          as "oldestSeconds"`.execute(this.em.getKysely());
    return rows[0] ?? { events: 0, oldestSeconds: 0 };
  }

  /**
   * Moves events out of the outbox, writes those that are removed to the audit trail, and returns their ids. Skips events
   * that another process is removing.
   */
  async take(ids: readonly string[], trail: readonly TrailEntry[]): Promise<ReadonlySet<string>> {
    const { rows } = await sql<{ id: string }>`
      with taken as (
        delete from auth_outbox where id in (
          select id from auth_outbox where id = any(${ids}::uuid[]) order by id for update skip locked
        ) returning id
      ), trailed as (${insertTrail(trail, sql`taken`)})
      select id from taken`.execute(this.em.getKysely());
    return new Set(rows.map(({ id }) => id));
  }
}
