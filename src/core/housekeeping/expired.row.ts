import { sql, type RawBuilder } from 'kysely';

/** The instants before which data of each kind is deleted. */
interface Cutoffs {
  /** For sessions that have ended, deleted service accounts, and tokens that are consumed or expired. */
  readonly ended: Date;
  /** For sign-in attempts, which no longer count for the lockout. */
  readonly attempts: Date;
  /** For email limits whose period has ended. */
  readonly now: Date;
  /** For registration claims whose links have expired. */
  readonly claims: Date;
  /** For call counts that expire too far in the future, because the clock was set back. */
  readonly laterThan: Date;
  /** For devices without a sign-in. */
  readonly devices: Date;
}

/** The expired rows of a table. */
export interface ExpiredRows {
  readonly table: string;
  readonly key: string;
  readonly over: RawBuilder<unknown>;
}

/** What is deleted from each table. */
export function expiredRows({ ended, attempts, claims, devices, laterThan, now }: Cutoffs): readonly ExpiredRows[] {
  const attemptIsOver = sql`last_attempt_at < ${attempts} and (locked_until is null or locked_until < ${attempts})`;
  const countIsOver = sql`expire < ${now.getTime()} or expire > ${laterThan.getTime()}`;
  return [
    { table: 'auth_session', key: 'id', over: sql`expires_at < ${ended} or revoked_at < ${ended}` },
    { table: 'auth_one_time_token', key: 'id', over: sql`expires_at < ${ended} or consumed_at < ${ended}` },
    { table: 'auth_login_attempt', key: 'key_hash', over: attemptIsOver },
    { table: 'auth_email_limit', key: 'key_hash', over: sql`resets_at < ${now} and next_at < ${now}` },
    { table: 'auth_registration_claim', key: 'id', over: sql`created_at < ${claims}` },
    { table: 'auth_rate_limit', key: 'key', over: countIsOver },
    { table: 'auth_service_account', key: 'id', over: sql`deleted_at < ${ended}` },
    { table: 'auth_device', key: 'id', over: sql`last_used_at < ${devices}` },
  ];
}
