import { sql, type RawBuilder } from 'kysely';
import { MAX_CLOCK_SKEW_SECONDS } from '../../platform/clock.js';

/** The limit of one recipient, account or request origin. */
export interface EmailQuota extends EmailLimits {
  readonly keyHash: Buffer;
}

export interface EmailLimits {
  /** The maximum number of emails in one period. */
  readonly maximum: number;
  readonly now: Date;
  /** When the next email is allowed, if this one is. */
  readonly nextAt: Date;
  /** The end of a period that starts now. */
  readonly resetsAt: Date;
}

/** A time further in the future was written before a clock was set back. */
const MAX_CLOCK_SKEW = sql`make_interval(secs => ${sql.lit(MAX_CLOCK_SKEW_SECONDS)})`;

/** The key of the emails of a kind to an address that only the statement knows. */
export function recipientKey(kind: string, email: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`sha256(convert_to('email:' || ${kind}::text || ':' || ${email}, 'UTF8'))`;
}

/** Counts one email if the quota allows it, and returns a row only then. */
export function countEmail(
  quota: EmailLimits & { readonly keyHash: Buffer | RawBuilder<unknown> },
  condition: RawBuilder<unknown>,
): RawBuilder<unknown> {
  const { keyHash, maximum, now, nextAt, resetsAt } = quota;
  const afresh = sql`(l.resets_at <= ${now} or l.resets_at > excluded.resets_at + ${MAX_CLOCK_SKEW})`;
  return sql`
    insert into auth_email_limit as l (key_hash, count, next_at, resets_at)
    select ${keyHash}::bytea, 1, ${nextAt}::timestamptz, ${resetsAt}::timestamptz where ${condition}
    on conflict (key_hash) do update set
      count = case when ${afresh} then 1 else l.count + 1 end, next_at = excluded.next_at,
      resets_at = case when ${afresh} then excluded.resets_at else l.resets_at end
    where (l.next_at <= ${now} or l.next_at > excluded.next_at + ${MAX_CLOCK_SKEW})
      and (${afresh} or l.count < ${maximum}::int)
    returning key_hash`;
}

/** The quotas of an email that an anonymous caller requests. */
export interface RequestQuotas {
  /** Undefined if the request origin is unknown or not limited. */
  readonly origin: EmailQuota | undefined;
  readonly recipient: EmailQuota;
}

/** Two steps, `origin` and `recipient`: each has a row if its quota allows the email. The second counts only if the first does. */
export function countRequest(quotas: RequestQuotas): RawBuilder<unknown> {
  return sql`${countOrigin(quotas)}, recipient as (${countEmail(quotas.recipient, sql`exists (select from origin)`)})`;
}

/** The step `origin` alone, which has a row only if the condition holds. */
export function countOrigin(
  { origin }: RequestQuotas,
  condition: RawBuilder<unknown> = sql`true`,
): RawBuilder<unknown> {
  return sql`origin as (${origin ? countEmail(origin, condition) : sql`select where ${condition}`})`;
}
