import type { EntityManager } from '@mikro-orm/postgresql';
import { sql, type RawBuilder } from 'kysely';
import { OPERATOR_STATE, operatorSteps, type OperatorRow } from '../../core/management/management.row.js';
import type { Operator, OperatorState } from '../../core/management/operator.js';
import { TIME_LIMITED } from '../../platform/database/database-failure.js';
import { SECURITY_EVENT_COLUMNS, toSecurityEvents, type SecurityEventRow } from './security-event.row.js';
import type { TrailLine, TrailSearch } from './trail-search.js';

/** The row for an operator who may not act, or for a search that finds nothing, has no id. */
type FoundRow = OperatorRow & SecurityEventRow & { readonly userId: string | null };

export interface FoundLines {
  readonly operatorState: OperatorState;
  readonly lines: readonly TrailLine[];
}

/** Searches the audit trail for operators. */
export class TrailSearchRepository {
  constructor(private readonly em: EntityManager) {}

  /** @param operator who asks; `undefined` if the command line or the application does */
  async search(search: TrailSearch, operator: Operator | undefined, now: Date): Promise<FoundLines> {
    const { rows } = await sql<FoundRow>`${sql.raw(TIME_LIMITED)} with ${operatorSteps(operator, now)}
      select ${OPERATOR_STATE}, e.* from (select) one left join lateral (
        ${newest(search)}
      ) e on true order by e.id desc`.execute(this.em.getKysely());
    const lines = rows.flatMap((row) => toSecurityEvents(row).map((event) => ({ ...event, userId: row.userId })));
    return { operatorState: rows[0]?.operatorState ?? null, lines };
  }
}

/**
 * The newest lines of a search. What operators and programs did has its own index; what users did is found with what
 * happened to their accounts, since it is about them.
 */
function newest(search: TrailSearch): RawBuilder<unknown> {
  const { actorId } = search.filter;
  if (actorId === undefined) return page(search, sql`true`);
  const asOperator = sql`actor_id = ${actorId}::uuid and actor_kind in ('OPERATOR', 'SERVICE')`;
  const asUser = sql`user_id = ${actorId}::uuid and actor_id = ${actorId}::uuid and actor_kind = 'USER'`;
  return sql`select * from ((${page(search, asOperator)}) union all (${page(search, asUser)})) lines
    order by id desc limit ${search.limit}`;
}

function page({ before, filter, from, limit }: TrailSearch, condition: RawBuilder<unknown>): RawBuilder<unknown> {
  const { ipAddress, names, userId } = filter;
  const conditions = [
    condition,
    ...(userId === undefined ? [] : [sql`user_id = ${userId}::uuid`]),
    ...(ipAddress === undefined ? [] : [sql`ip_address = ${ipAddress}`]),
    ...(names === undefined ? [] : [sql`name = any(${names}::text[])`]),
    ...(from === undefined ? [] : [sql`id >= ${from}::uuid`]),
    ...(before === undefined ? [] : [sql`id < ${before}::uuid`]),
  ];
  return sql`select ${SECURITY_EVENT_COLUMNS}, user_id as "userId" from auth_security_event
    where exists (select from operator) and ${sql.join(conditions, sql` and `)} order by id desc limit ${limit}`;
}
