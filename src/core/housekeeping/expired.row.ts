import { sql, type RawBuilder } from 'kysely';
import type { Cutoffs, ExpiringTable } from './expiring-table.js';

/** The key of a table, and the condition under which a row has expired. */
interface ExpiredRows {
  readonly key: string;
  readonly over: RawBuilder<unknown>;
}

/** What is deleted from each table. */
export function expiredRows({
  ended,
  attempts,
  claims,
  devices,
  laterThan,
  now,
}: Cutoffs): Readonly<Record<ExpiringTable, ExpiredRows>> {
  const attemptIsOver = sql`last_attempt_at < ${attempts} and (locked_until is null or locked_until < ${attempts})`;
  const countIsOver = sql`expire < ${now.getTime()} or expire > ${laterThan.getTime()}`;
  return {
    auth_session: { key: 'id', over: sql`expires_at < ${ended} or revoked_at < ${ended}` },
    auth_one_time_token: { key: 'id', over: sql`expires_at < ${ended} or consumed_at < ${ended}` },
    auth_login_attempt: { key: 'key_hash', over: attemptIsOver },
    auth_email_limit: { key: 'key_hash', over: sql`resets_at < ${now} and next_at < ${now}` },
    auth_registration_claim: { key: 'id', over: sql`created_at < ${claims}` },
    auth_rate_limit: { key: 'key', over: countIsOver },
    auth_service_account: { key: 'id', over: sql`deleted_at < ${ended}` },
    auth_device: { key: 'id', over: sql`last_used_at < ${devices}` },
  };
}
