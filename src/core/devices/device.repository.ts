import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';

/** What is asked of `auth_device` beside a sign-in. */
export class DeviceRepository {
  constructor(private readonly em: EntityManager) {}

  /** Forgets every device of a user: whoever knew an old password may have made some of them known. */
  async forgetAll(userId: string): Promise<void> {
    await sql`delete from auth_device where user_id = ${userId}`.execute(this.em.getKysely());
  }
}
