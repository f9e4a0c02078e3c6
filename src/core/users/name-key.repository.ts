import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import { nameKeysOf, type Names } from './name-key.js';
import { NEEDS_NAME_KEYS } from './user-indexes.js';

/** Fills the keys of users whose names an earlier release stored without them, or folded less. */
export class NameKeyRepository {
  constructor(private readonly em: EntityManager) {}

  /**
   * Fills the keys of at most `limit` users, and returns how many needed it. Names that change in between are left for
   * later. Locks the rows in the order of their ids, so that it never deadlocks.
   * @param userId only this user
   */
  async fill(limit: number, userId?: string): Promise<number> {
    const isWanted = userId === undefined ? sql`true` : sql`id = ${userId}`;
    const { rows } = await sql<Names & { id: string }>`
      select id, first_name as "firstName", last_name as "lastName", display_name as "displayName" from auth_user
      where ${sql.raw(NEEDS_NAME_KEYS)} and ${isWanted} limit ${limit}`.execute(this.em.getKysely());
    if (rows.length === 0) return 0;
    const keyed = rows.map((row) => ({ ...row, ...nameKeysOf(row) }));
    await sql`
      update auth_user u set name_key = k."nameKey", sort_name_key = k."sortNameKey", display_name_key = k."displayNameKey"
      from (
        select k.* from jsonb_to_recordset(${JSON.stringify(keyed)}::jsonb) k(id uuid, "firstName" text, "lastName" text,
          "displayName" text, "nameKey" text, "sortNameKey" text, "displayNameKey" text)
        join auth_user l on l.id = k.id
        where (l.first_name, l.last_name, l.display_name) is not distinct from (k."firstName", k."lastName", k."displayName")
        order by l.id for no key update of l
      ) k where u.id = k.id`.execute(this.em.getKysely());
    return rows.length;
  }
}
