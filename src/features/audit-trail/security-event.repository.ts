import type { EntityManager } from '@mikro-orm/postgresql';
import { sql, type RawBuilder } from 'kysely';
import { fromLiveSession } from '../../core/sessions/session.row.js';
import type { SessionOwner } from '../../core/sessions/session.js';
import { SECURITY_EVENT_COLUMNS, toSecurityEvents, type SecurityEventRow } from './security-event.row.js';
import type { SecurityEvent } from './security-event.js';

export interface SecurityEventQuery {
  readonly userId: string;
  /** Events before this one, which is not included. */
  readonly before: string | undefined;
  readonly names: readonly string[] | undefined;
  readonly limit: number;
}

interface Row extends SecurityEventRow {
  readonly isLive: boolean;
}

/** Reads the audit trail. */
export class SecurityEventRepository {
  constructor(private readonly em: EntityManager) {}

  /**
   * Returns the newest events of a user, or `undefined` if the viewer's session has ended.
   * @param viewer whose session must be live; `undefined` if the caller has no session
   */
  async list(
    { userId, ...page }: SecurityEventQuery,
    viewer: SessionOwner | undefined,
    now: Date,
  ): Promise<SecurityEvent[] | undefined> {
    const isLive = viewer ? sql`exists (select ${fromLiveSession(viewer, now)})` : sql`true`;
    const { rows } = await sql<Row>`
      select v.is_live as "isLive", e.* from (select ${isLive} as is_live) v left join lateral (
        select ${SECURITY_EVENT_COLUMNS} from auth_security_event where v.is_live and user_id = ${userId} ${pageOf(page)}
      ) e on true order by e.id desc`.execute(this.em.getKysely());
    if (!rows[0]?.isLive) return undefined;
    return rows.flatMap(toSecurityEvents);
  }

  /** Returns the newest events of each of these users, for operators. */
  async listForEach(
    userIds: readonly string[],
    page: Omit<SecurityEventQuery, 'userId'>,
  ): Promise<ReadonlyMap<string, readonly SecurityEvent[]>> {
    const { rows } = await sql<SecurityEventRow & { userId: string }>`
      select asked.user_id as "userId", e.* from unnest(${userIds}::uuid[]) asked (user_id) cross join lateral (
        select ${SECURITY_EVENT_COLUMNS} from auth_security_event where user_id = asked.user_id ${pageOf(page)}
      ) e order by e.id desc`.execute(this.em.getKysely());
    const groups = Map.groupBy(rows, ({ userId }) => userId);
    return new Map([...groups].map(([userId, ofUser]) => [userId, ofUser.flatMap(toSecurityEvents)]));
  }
}

/** The clauses that select one page. */
function pageOf({ before, names, limit }: Omit<SecurityEventQuery, 'userId'>): RawBuilder<unknown> {
  return sql`${before === undefined ? sql`` : sql`and id < ${before}`}
    ${names === undefined ? sql`` : sql`and name = any(${names}::text[])`}
    order by id desc limit ${limit}`;
}
