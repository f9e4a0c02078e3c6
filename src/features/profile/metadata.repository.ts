import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import type { MetadataDocument, MetadataField } from '../../core/users/metadata-document.js';
import { METADATA_COLUMNS } from '../../core/users/user-metadata.row.js';

/** Reads the documents about users. */
export class MetadataRepository {
  constructor(private readonly em: EntityManager) {}

  /** Returns one document of each of these users who has any. */
  async find(field: MetadataField, userIds: readonly string[]): Promise<ReadonlyMap<string, MetadataDocument>> {
    const { rows } = await sql<{ userId: string; document: MetadataDocument }>`
      select user_id as "userId", ${sql.ref(METADATA_COLUMNS[field])} as document from auth_user_metadata
      where user_id = any(${userIds}::uuid[])`.execute(this.em.getKysely());
    return new Map(rows.map(({ userId, document }) => [userId, document]));
  }
}
