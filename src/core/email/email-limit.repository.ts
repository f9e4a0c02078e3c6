import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import { insertEvents } from '../events/outbox.row.js';
import type { RecordedEvent } from '../events/recorded-event.js';
import { countEmail, countRequest, type EmailQuota, type RequestQuotas } from './email-limit.row.js';

/** All statements on `auth_email_limit`, one for each method. */
export class EmailLimitRepository {
  constructor(private readonly em: EntityManager) {}

  /** Stores the events of a requested email if the quotas allow it. Returns false if the quota of the origin is used up. */
  async request(quotas: RequestQuotas, events: readonly RecordedEvent[]): Promise<boolean> {
    const { rows } = await sql<{ allowed: boolean }>`
      with ${countRequest(quotas)}, event as (${insertEvents(events, sql`exists (select from recipient)`)})
      select exists (select from origin) as allowed`.execute(this.em.getKysely());
    return rows[0]?.allowed ?? false;
  }

  /** Counts an email under two keys. Returns the quota that is used up; if it is the first, nothing is counted. */
  async takeBoth(first: EmailQuota, second: EmailQuota): Promise<EmailQuota | undefined> {
    const { rows } = await sql<{ first: boolean; second: boolean }>`
      with first as (${countEmail(first, sql`true`)}), second as (${countEmail(second, sql`exists (select from first)`)})
      select exists (select from first) as first, exists (select from second) as second`.execute(this.em.getKysely());
    if (!rows[0]?.first) return first;
    return rows[0].second ? undefined : second;
  }

  /** Returns whether an email may be sent. Retries of the same event get the same decision. */
  async takeOnce(quota: EmailQuota, event: { keyHash: Buffer; forgetAt: Date }): Promise<boolean> {
    const { rows } = await sql<{ allowed: boolean }>`
      with known as (select count from auth_email_limit where key_hash = ${event.keyHash}),
      taken as (${countEmail(quota, sql`not exists (select from known)`)}),
      remembered as (
        insert into auth_email_limit (key_hash, count, next_at, resets_at)
        select ${event.keyHash}::bytea, (select count(*) from taken), ${event.forgetAt}::timestamptz, ${event.forgetAt}::timestamptz
        on conflict (key_hash) do nothing
      )
      select coalesce((select count > 0 from known), exists (select from taken)) as allowed`.execute(
      this.em.getKysely(),
    );
    return rows[0]?.allowed ?? false;
  }

  /** Allows the next email of a key immediately; it is still counted. */
  async allowNext(keyHash: Buffer, now: Date): Promise<void> {
    await sql`update auth_email_limit set next_at = ${now} where key_hash = ${keyHash}`.execute(this.em.getKysely());
  }

  /** Returns when a quota that is used up allows the next email. */
  async allowsFrom({ keyHash, maximum, now }: EmailQuota): Promise<Date> {
    const { rows } = await sql<{ at: string }>`
      select case when count >= ${maximum}::int then greatest(next_at, resets_at) else next_at end as at
      from auth_email_limit where key_hash = ${keyHash}`.execute(this.em.getKysely());
    return rows[0] ? new Date(rows[0].at) : now;
  }
}
