import { sql, type RawBuilder } from 'kysely';
import { isLive } from '../sessions/session.row.js';
import type { Operator, OperatorState, ServiceOperator, UserOperator } from './operator.js';

/** The rows to check. */
export interface OperatorRows {
  /** Rows of `auth_user`, with `id`, `active` and `tokens_not_before`. */
  readonly users: RawBuilder<unknown>;
  /** Rows of `auth_service_account`. */
  readonly services: RawBuilder<unknown>;
}

const USERS = sql`auth_user`;
const SERVICES = sql`auth_service_account`;

/**
 * Statement steps that decide whether an operator may act. `operator` has one row if the session is live, the account
 * active, and the access token not older than a change of roles; otherwise none. Its `id` is that of the account. A service
 * account has no session: it only has to exist. Without an operator, your application or the command line may do everything.
 * @param rows steps that have locked the rows to check; by default, the tables
 */
export function operatorSteps(
  operator: Operator | undefined,
  now: Date,
  { users = USERS, services = SERVICES }: Partial<OperatorRows> = {},
): RawBuilder<unknown> {
  if (!operator) return APPLICATION_STEPS;
  return sql`caller as (
      select u.id, u.tokens_not_before is null or u.tokens_not_before <= ${operator.issuedAt} as is_current
      ${operator.kind === 'service' ? fromService(operator, services) : fromUser(operator, users, now)}
    ), operator as (select id from caller where is_current)`;
}

function fromUser({ userId, sessionId }: UserOperator, users: RawBuilder<unknown>, now: Date): RawBuilder<unknown> {
  return sql`from ${users} u join auth_session s on s.user_id = u.id
    where u.id = ${userId}::uuid and u.active and s.id = ${sessionId}::uuid and ${isLive(now)}`;
}

function fromService({ serviceId }: ServiceOperator, services: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`from ${services} u where u.id = ${serviceId}::uuid and u.deleted_at is null`;
}

/**
 * The row of a service account that acts, locked so that it is not deleted before the change ends. Shared, so that its
 * changes do not wait for each other.
 */
export function lockedService(operator: Operator | undefined): RawBuilder<unknown> {
  if (operator?.kind !== 'service') return SERVICES;
  return sql`(select a.* from ${SERVICES} a where a.id = ${operator.serviceId}::uuid for share)`;
}

/** The steps of `operatorSteps` without an operator. */
export const APPLICATION_STEPS: RawBuilder<unknown> = sql`caller as (
    select null::uuid as id, true as is_current
  ), operator as (select id from caller where is_current)`;

/** The column that says whether the operator may act, for a statement with `operatorSteps`. */
export const OPERATOR_STATE = sql<OperatorState>`
  (select case when is_current then 'current' else 'stale' end from caller) as "operatorState"`;

export interface OperatorRow {
  readonly operatorState: OperatorState;
}
