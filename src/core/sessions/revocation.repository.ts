import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';

/** Revocations since an instant. */
export interface RevokedSince {
  readonly sessions: readonly string[];
  /** By the id of a user or service account: the epoch second before which all tokens are stale. */
  readonly users: Readonly<Record<string, number>>;
  /** The epoch millisecond of the newest revocation; 0 if there is none. */
  readonly newest: number;
}

/** Reads revocations for other subgraphs. */
export class RevocationRepository {
  constructor(private readonly em: EntityManager) {}

  /** @param until ignores later changes of roles, which were made before the clock was set back */
  async listSince(since: Date, until: Date): Promise<RevokedSince> {
    const { rows } = await sql<RevokedSince>`
      with session as (select id, revoked_at from auth_session where revoked_at > ${since}),
      stale as (
        select id, tokens_not_before from auth_user where tokens_not_before > ${since} and tokens_not_before <= ${until}
        union all
        select id, tokens_not_before from auth_service_account
        where tokens_not_before > ${since} and tokens_not_before <= ${until})
      select (select coalesce(json_agg(id), '[]') from session) as sessions,
        (select coalesce(json_object_agg(id, extract(epoch from tokens_not_before)::bigint), '{}') from stale) as users,
        (select coalesce(floor(extract(epoch from max(at)) * 1000), 0)::float8
          from (select revoked_at as at from session union all select tokens_not_before from stale) changes) as newest`.execute(
      this.em.getKysely(),
    );
    return rows[0] ?? { sessions: [], users: {}, newest: 0 };
  }
}
