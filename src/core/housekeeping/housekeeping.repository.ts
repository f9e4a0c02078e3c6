import type { EntityManager } from '@mikro-orm/postgresql';
import { sql, type RawBuilder } from 'kysely';

/** What has been over for so long that nobody asks for it any more. */
export interface Cutoffs {
  /** Sessions that ended, and tokens that were spent or expired, before this. */
  readonly ended: Date;
  /** Attempts before this are forgotten by the lockout too. */
  readonly attempts: Date;
  /** Limits on emails whose period has ended before this. */
  readonly now: Date;
  /** Registrations whose links have expired. */
  readonly claims: Date;
  /** Devices that nobody has signed in from since this. */
  readonly devices: Date;
}

/** Deletes what is over, a batch at a time; rows that another process holds are passed over. */
export class HousekeepingRepository {
  constructor(private readonly em: EntityManager) {}

  /** Deletes at most `limit` rows of each kind; answers how many in all. */
  async deleteBatch({ ended, attempts, claims, devices, now }: Cutoffs, limit: number): Promise<number> {
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
