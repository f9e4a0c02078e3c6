import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import type { Session } from '../../core/sessions/session.js';
import { isLive, SESSION_COLUMNS, toSession, type SessionRow } from '../../core/sessions/session.row.js';
import type { MetadataDocument } from '../../core/users/metadata-document.js';

export interface RecordMetadata {
  readonly publicMetadata: MetadataDocument;
  readonly privateMetadata: MetadataDocument;
}

/** Reads what belongs to user records, for many users at once. */
export class RecordDetailsRepository {
  constructor(private readonly em: EntityManager) {}

  /** Returns the live sessions of each user, most recently used first. */
  async liveSessions(
    userIds: readonly string[],
    limit: number,
    now: Date,
  ): Promise<ReadonlyMap<string, readonly Session[]>> {
    const { rows } = await sql<SessionRow>`
      select live.* from unnest(${userIds}::uuid[]) with ordinality asked (user_id, position) cross join lateral (
        select ${SESSION_COLUMNS} from auth_session s where s.user_id = asked.user_id and ${isLive(now)}
        order by s.last_used_at desc, s.id desc limit ${limit}
      ) live order by asked.position, live."lastUsedAt" desc, live."sessionId" desc`.execute(this.em.getKysely());
    return Map.groupBy(rows.map(toSession), ({ userId }) => userId);
  }

  /** Returns the documents of each of these users who has any. */
  async metadata(userIds: readonly string[]): Promise<ReadonlyMap<string, RecordMetadata>> {
    const { rows } = await sql<RecordMetadata & { userId: string }>`
      select user_id as "userId", public as "publicMetadata", private as "privateMetadata" from auth_user_metadata
      where user_id = any(${userIds}::uuid[])`.execute(this.em.getKysely());
    return new Map(rows.map(({ userId, ...documents }) => [userId, documents]));
  }
}
