import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';

/** Statements on `auth_device` outside of a sign-in. */
export class DeviceRepository {
  constructor(private readonly em: EntityManager) {}

  /** Whether a user with this address has signed in from the device. */
  async belongsTo(email: string, tokenHash: Buffer): Promise<boolean> {
    const { rows } = await sql`
      select from auth_device d join auth_user u on u.id = d.user_id
      where d.token_hash = ${tokenHash} and u.email = ${email}`.execute(this.em.getKysely());
    return rows.length > 0;
  }

  /** Deletes every device of a user: anyone who knew an old password may have added some. */
  async forgetAll(userId: string): Promise<void> {
    await sql`delete from auth_device where user_id = ${userId}`.execute(this.em.getKysely());
  }
}
