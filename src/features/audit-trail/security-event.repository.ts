import type { EntityManager } from '@mikro-orm/postgresql';
import { sql, type RawBuilder } from 'kysely';
import type { EventActorKind } from '../../core/events/event-origin.js';
import { fromLiveSession } from '../../core/sessions/session.row.js';
import type { SessionOwner } from '../../core/sessions/session.js';
import { timeOf, type SecurityEvent } from './security-event.js';

export interface SecurityEventQuery {
  readonly userId: string;
  /** Events before this one, which is not included. */
  readonly before: string | undefined;
  readonly names: readonly string[] | undefined;
  readonly limit: number;
}

interface Row {
  isLive: boolean;
  id: string | null;
  name: string;
  actorKind: EventActorKind;
  actorId: string | null;
  sessionId: string | null;
  ipAddress: string | null;
  userAgent: string | null;
  details: SecurityEvent['details'];
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
        select ${COLUMNS} from auth_security_event where v.is_live and user_id = ${userId} ${pageOf(page)}
      ) e on true order by e.id desc`.execute(this.em.getKysely());
    if (!rows[0]?.isLive) return undefined;
    return rows.flatMap(toEvents);
  }

  /** Returns the newest events of each of these users, for operators. */
  async listForEach(
    userIds: readonly string[],
    page: Omit<SecurityEventQuery, 'userId'>,
  ): Promise<ReadonlyMap<string, readonly SecurityEvent[]>> {
    const { rows } = await sql<Row & { userId: string }>`
      select asked.user_id as "userId", e.* from unnest(${userIds}::uuid[]) asked (user_id) cross join lateral (
        select ${COLUMNS} from auth_security_event where user_id = asked.user_id ${pageOf(page)}
      ) e order by e.id desc`.execute(this.em.getKysely());
    const groups = Map.groupBy(rows, ({ userId }) => userId);
    return new Map([...groups].map(([userId, ofUser]) => [userId, ofUser.flatMap(toEvents)]));
  }
}

/** The columns of `auth_security_event`. */
const COLUMNS = sql`id, name, actor_kind as "actorKind", actor_id as "actorId", session_id as "sessionId",
  ip_address as "ipAddress", user_agent as "userAgent", details`;

/** The clauses that select one page. */
function pageOf({ before, names, limit }: Omit<SecurityEventQuery, 'userId'>): RawBuilder<unknown> {
  return sql`${before === undefined ? sql`` : sql`and id < ${before}`}
    ${names === undefined ? sql`` : sql`and name = any(${names}::text[])`}
    order by id desc limit ${limit}`;
}

/** Returns no event for the row that only says that the session is live. */
function toEvents({ id, name, actorKind, actorId, sessionId, ipAddress, userAgent, details }: Row): SecurityEvent[] {
  if (id === null) return [];
  const actor = { kind: actorKind, id: actorId };
  return [{ id, name, occurredAt: timeOf(id), actor, sessionId, ipAddress, userAgent, details }];
}
