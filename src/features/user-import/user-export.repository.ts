import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import { onlyRow } from '../../platform/database/only-row.js';
import type { MetadataDocument } from '../../core/users/metadata-document.js';

/** A user as exported: the fields of an import, with null for what is missing. */
export interface ExportedUser {
  readonly id: string;
  readonly email: string;
  readonly emailVerifiedAt: string | null;
  readonly passwordHash: string | null;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly displayName: string | null;
  readonly avatarUrl: string | null;
  readonly locale: string | null;
  readonly roles: readonly string[];
  readonly active: boolean;
  readonly createdAt: string;
  readonly lastLoginAt: string | null;
  readonly publicMetadata: MetadataDocument | null;
  readonly privateMetadata: MetadataDocument | null;
  readonly preferences: MetadataDocument | null;
}

/** Counting more takes seconds. */
const MAX_EXACT = 100_000;

/** Reads all users whose accounts are not closed, page by page. */
export class UserExportRepository {
  constructor(private readonly em: EntityManager) {}

  /** Keeps the transaction open while the reader of the export is slow. */
  async keepOpen(): Promise<void> {
    await sql`select set_config('idle_in_transaction_session_timeout', '0', true)`.execute(this.em.getKysely());
  }

  /** Counts the users to export, exactly up to 100,000. */
  async estimateCount(): Promise<number> {
    const { rows } = await sql<{ count: number }>`
      select case when n <= ${MAX_EXACT} then n else greatest(n, reltuples, pg_stat_get_live_tuples(oid)) end::float8 as count
      from (select count(*) as n from (select from auth_user where closed_at is null limit ${MAX_EXACT + 1}) u) counted,
        pg_class where oid = to_regclass('auth_user')`.execute(this.em.getKysely());
    return onlyRow(rows).count;
  }

  /** Returns the next users in the order of their ids, without closed accounts: an import could not close them. */
  async findAfter(id: string, limit: number): Promise<ExportedUser[]> {
    const { rows } = await sql<ExportedUser>`
      select id, email, email_verified_at as "emailVerifiedAt", password_hash as "passwordHash",
        first_name as "firstName", last_name as "lastName", display_name as "displayName", avatar_url as "avatarUrl", locale, roles,
        active, created_at as "createdAt", last_login_at as "lastLoginAt", nullif(m.public, '{}') as "publicMetadata",
        nullif(m.private, '{}') as "privateMetadata", nullif(m.preferences, '{}') as preferences
      from (select * from auth_user where id > ${id}::uuid and closed_at is null order by id limit ${limit}) u
        left join auth_user_metadata m on m.user_id = u.id order by id`.execute(this.em.getKysely());
    return rows;
  }
}
