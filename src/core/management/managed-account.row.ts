import { sql, type RawBuilder } from 'kysely';
import { lockedService, OPERATOR_STATE, operatorSteps } from './management.row.js';
import type { Operator } from './operator.js';
import { toUserRecord, userRecordColumns, type UserRecordRow } from './user-record.row.js';
import { accountsOf, type ChangeOutcome, type ManagedAccount } from './change-outcome.js';

/**
 * The steps `pair`, `operator`, `subject` and `target` with which every change of an account begins. `subject` is the row of
 * the account, unless its grace period is over, and `target` is the same row if the operator may change it. The rows of the
 * operator and of the account are locked in the order of their ids, so that two operators who act on each other act one after
 * the other. The row of a service account that acts is locked too.
 *
 * A change must read the state of the account from `target`: the table itself still shows the row as it was before the
 * statement waited for the lock.
 * @param mayBeSelf whether operators may do this to their own account
 */
export function managedAccount(
  { userId, operator }: ManagedAccount,
  { now, mayBeSelf }: { readonly now: Date; readonly mayBeSelf: boolean },
): RawBuilder<unknown> {
  return sql`pair as (
      select u.* from auth_user u where u.id = any(${accountsOf({ userId, operator })}::uuid[])
      order by u.id for no key update
    ), ${changingOperator(operator, now)},
    subject as (select p.* from pair p where p.id = ${userId} and (p.erase_after is null or p.erase_after > ${now})),
    target as (select s.* from subject s cross join operator where ${operator ? isInReach(operator, mayBeSelf) : sql`true`})`;
}

/** The steps that lock the row of an operator and decide whether it may act: `operator` has one row if so. */
export function lockedOperator(operator: Operator | undefined, now: Date): RawBuilder<unknown> {
  if (operator?.kind !== 'user') return changingOperator(operator, now);
  return sql`pair as (select u.* from auth_user u where u.id = ${operator.userId}::uuid for no key update),
    ${changingOperator(operator, now)}`;
}

function changingOperator(operator: Operator | undefined, now: Date): RawBuilder<unknown> {
  return operatorSteps(operator, now, { users: sql`pair`, services: lockedService(operator) });
}

/** True for a row of `subject s` that holds no more than the operator. */
function isInReach(operator: Operator, mayBeSelf: boolean): RawBuilder<unknown> {
  const isAllowedSelf = mayBeSelf || operator.kind === 'service' ? sql`true` : sql`s.id <> ${operator.userId}::uuid`;
  return sql`${isAllowedSelf} and array(select r from unnest(s.roles) r where starts_with(r, 'auth:')) <@ ${operator.scopes}::text[]`;
}

/** The row after a change: of the step `changed`, or of `target` if nothing has changed. */
const ROW_AFTER = sql`(select * from changed union all select * from target where not exists (select from changed))`;

/**
 * The end of a change: what the statement has found out, and the record of the account.
 * @param row the row of the account after the change; by default, the step `changed` returns it
 * @param hasChanged whether anything has changed; by default, whether the row has
 */
export function changeOutcome(
  now: Date,
  { row = ROW_AFTER, hasChanged = sql`exists (select from changed)` }: Partial<OutcomeParts> = {},
): RawBuilder<unknown> {
  return sql`select ${OPERATOR_STATE}, exists (select from subject) as "isFound", ${hasChanged} as changed, r.*
    from (select) one left join lateral (select ${userRecordColumns(now)} from ${row} u) r on true`;
}

interface OutcomeParts {
  readonly row: RawBuilder<unknown>;
  readonly hasChanged: RawBuilder<unknown>;
}

/** The row of a change; without a record, the columns of the record are null. */
export type ChangeOutcomeRow = Omit<ChangeOutcome, 'record'> & (UserRecordRow | { readonly userId: null });

export function toChangeOutcome(row: ChangeOutcomeRow): ChangeOutcome {
  const { operatorState, isFound, changed } = row;
  return { operatorState, isFound, changed, record: row.userId === null ? undefined : toUserRecord(row) };
}
