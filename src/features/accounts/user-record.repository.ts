import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import { OPERATOR_STATE, operatorSteps, type OperatorRow } from '../../core/management/management.row.js';
import type { Operator, OperatorState } from '../../core/management/operator.js';
import type { UserRecord } from '../../core/management/user-record.js';
import { toUserRecord, userRecordColumns, type UserRecordRow } from '../../core/management/user-record.row.js';

/** The only row for an operator who may not act, or for ids that nobody has, consists of nulls. */
type FoundRow = OperatorRow & (UserRecordRow | { readonly userId: null });

export interface FoundRecords {
  readonly operatorState: OperatorState;
  readonly records: readonly UserRecord[];
}

/** Reads user records for operators. */
export class UserRecordRepository {
  constructor(private readonly em: EntityManager) {}

  async find(operator: Operator, userIds: readonly string[], now: Date): Promise<FoundRecords> {
    const { rows } = await sql<FoundRow>`
      with ${operatorSteps(operator, now)}
      select ${OPERATOR_STATE}, r.* from (select) one left join lateral (
        select ${userRecordColumns(now)} from auth_user u where u.id = any(${userIds}::uuid[]) and exists (select from operator)
      ) r on true`.execute(this.em.getKysely());
    return {
      operatorState: rows[0]?.operatorState ?? null,
      records: rows.flatMap((row) => (row.userId === null ? [] : [toUserRecord(row)])),
    };
  }
}
