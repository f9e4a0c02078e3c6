import type { EntityManager } from '@mikro-orm/postgresql';
import { sql, type RawBuilder } from 'kysely';

/** The instants before which data of each kind is deleted. */
export interface Cutoffs {
  /** For sessions that have ended, and tokens that are consumed or expired. */
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

/** Deletes expired rows in batches. Skips rows that another process has locked. */
export class HousekeepingRepository {
  constructor(private readonly em: EntityManager) {}

  /** Deletes at most `limit` rows of each kind, and returns how many in total. */
  async deleteBatch({ ended, attempts, claims, devices, laterThan, now }: Cutoffs, limit: number): Promise<number> {
    const batches: [string, string, RawBuilder<unknown>][] = [
      ['auth_session', 'id', sql`expires_at < ${ended} or revoked_at < ${ended}`],
      ['auth_one_time_token', 'id', sql`expires_at < ${ended} or consumed_at < ${ended}`],
      [
        'auth_login_attempt',
        'key_hash',
        sql`last_attempt_at < ${attempts} and (locked_until is null or locked_until < ${attempts})`,
      ],
      ['auth_email_limit', 'key_hash', sql`resets_at < ${now} and next_at < ${now}`],
      ['auth_registration_claim', 'id', sql`created_at < ${claims}`],
      ['auth_rate_limit', 'key', sql`expire < ${now.getTime()} or expire > ${laterThan.getTime()}`],
      ['auth_device', 'id', sql`last_used_at < ${devices}`],
    ];
    let deleted = 0;
    for (const [table, key, over] of batches) {
      const { numAffectedRows = 0n } = await sql`
        delete from ${sql.table(table)} where ${sql.ref(key)} in (
          select ${sql.ref(key)} from ${sql.table(table)} where ${over} limit ${limit} for update skip locked
        )`.execute(this.em.getKysely());
      deleted += Number(numAffectedRows);
    }
    return deleted;
  }
}
