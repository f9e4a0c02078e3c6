import { sql, type RawBuilder } from 'kysely';
import { isLive } from '../sessions/session.row.js';
import type { Operator, OperatorState } from './operator.js';

/**
 * Statement steps that decide whether an operator may act. `operator` has one row if the session is live, the account
 * active, and the access token not older than a change of roles; otherwise none. Its `id` is that of the account. A service
 * account has no session: it only has to exist.
 * @param accounts the rows of `auth_user` to check, with `id`, `active` and `tokens_not_before`; a step that has locked
 * them, or the table
 */
export function operatorSteps(operator: Operator, accounts: RawBuilder<unknown>, now: Date): RawBuilder<unknown> {
  return sql`caller as (
      select u.id, u.tokens_not_before is null or u.tokens_not_before <= ${operator.issuedAt} as is_current
      ${operator.kind === 'service' ? fromService(operator.serviceId) : fromUser(operator, accounts, now)}
    ), operator as (select id from caller where is_current)`;
}

function fromUser(
  { userId, sessionId }: Operator & { readonly kind: 'user' },
  accounts: RawBuilder<unknown>,
  now: Date,
): RawBuilder<unknown> {
  return sql`from ${accounts} u join auth_session s on s.user_id = u.id
    where u.id = ${userId}::uuid and u.active and s.id = ${sessionId}::uuid and ${isLive(now)}`;
}

function fromService(serviceId: string): RawBuilder<unknown> {
  return sql`from auth_service_account u where u.id = ${serviceId}::uuid and u.deleted_at is null`;
}

/** The steps of `operatorSteps` for your application and the command line, which may do everything. */
export const APPLICATION_STEPS: RawBuilder<unknown> = sql`caller as (
    select null::uuid as id, true as is_current
  ), operator as (select id from caller where is_current)`;

/** The column that says whether the operator may act, for a statement with `operatorSteps`. */
export const OPERATOR_STATE = sql<OperatorState>`
  (select case when is_current then 'current' else 'stale' end from caller) as "operatorState"`;

export interface OperatorRow {
  readonly operatorState: OperatorState;
}
