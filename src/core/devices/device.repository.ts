import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';

/** Statements on `auth_device` outside of a sign-in. */
export class DeviceRepository {
  constructor(private readonly em: EntityManager) {}

  /** Deletes every device of a user: anyone who knew an old password may have added some. */
  async forgetAll(userId: string): Promise<void> {
    await sql`delete from auth_device where user_id = ${userId}`.execute(this.em.getKysely());
  }
}
