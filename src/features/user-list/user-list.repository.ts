import type { EntityManager } from '@mikro-orm/postgresql';
import { sql, type RawBuilder } from 'kysely';
import { OPERATOR_STATE, operatorSteps, type OperatorRow } from '../../core/management/management.row.js';
import type { Operator, OperatorState } from '../../core/management/operator.js';
import { toUserRecord, userRecordColumns, type UserRecordRow } from '../../core/management/user-record.row.js';
import { TIME_LIMITED } from '../../platform/database/database-failure.js';
import type { ListedUser, UserCount, UserFilter } from './user-list.js';
import { conditionsOf, firstOf, isFound, sourceOf, type UserList } from './user-list.row.js';
import type { UserPosition } from './user-position.js';
import type { SearchTexts } from './user-search.js';

/** The texts are empty if nothing is searched for. */
export interface UserSelection extends SearchTexts {
  readonly filter: UserFilter;
  /** The lists to look into, in the order of the results. */
  readonly lists: readonly UserList[];
  readonly after: UserPosition | undefined;
  readonly limit: number;
}

export interface FoundUsers {
  readonly operatorState: OperatorState;
  readonly users: readonly ListedUser[];
}

type ListRow = OperatorRow & ((UserRecordRow & { branch: number; key: string }) | { userId: null });

/** Counting stops after this number of users. */
const MAX_COUNT = 1_000;

/** Lists and counts users. */
export class UserListRepository {
  constructor(private readonly em: EntityManager) {}

  /**
   * Returns the users of several lists. A user who is in more than one list is returned once, where the first of them has
   * it. Each list is read in the order of its index, so that it never reads more than a page.
   * @param operator who must be able to act; `undefined` for the command line
   */
  async list(operator: Operator | undefined, selection: UserSelection, now: Date): Promise<FoundUsers> {
    const { rows } = await sql<ListRow>`${sql.raw(TIME_LIMITED)} with ${operatorSteps(operator, now)}
      select ${OPERATOR_STATE}, r.* from (select) one left join lateral (
        select p.branch, p.place, p.key, ${userRecordColumns(now)} from (
          select * from (
            select distinct on (id) * from (${this.branches(selection, now)}) m order by id, branch, place
          ) d order by branch, place limit ${selection.limit}
        ) p cross join lateral (select * from auth_user where id = p.id limit 1) u
        where exists (select from operator)
      ) r on true order by r.branch, r.place`.execute(this.em.getKysely());
    const users = rows.flatMap((row): ListedUser[] => {
      const list = row.userId === null ? undefined : selection.lists[row.branch];
      if (row.userId === null || list === undefined) return [];
      return [{ record: toUserRecord(row), position: { list, key: row.key, id: row.userId } }];
    });
    return { operatorState: rows[0]?.operatorState ?? null, users };
  }

  /** Counts the users who meet the conditions, up to 1,000; without any, the planner estimates. */
  async count(filter: UserFilter, now: Date): Promise<UserCount> {
    if (Object.values(filter).every((value) => value === undefined)) {
      const estimate = await this.estimate();
      if (estimate >= MAX_COUNT) return { value: estimate, precision: 'ESTIMATE' };
    }
    const { rows } = await sql<{ count: number }>`${sql.raw(TIME_LIMITED)} select count(*)::int as count from (
      select from ${sourceOf(filter, now)} where ${sql.join(conditionsOf(filter, now), sql` and `)}
      limit ${MAX_COUNT + 1}) f`.execute(this.em.getKysely());
    const count = rows[0]?.count ?? 0;
    return count > MAX_COUNT ? { value: MAX_COUNT, precision: 'AT_LEAST' } : { value: count, precision: 'EXACT' };
  }

  private async estimate(): Promise<number> {
    const { rows } = await sql<{ estimate: number }>`
      select reltuples::float8 as estimate from pg_class where oid = 'auth_user'::regclass`.execute(
      this.em.getKysely(),
    );
    return Math.min(Math.round(rows[0]?.estimate ?? 0), 2 ** 31 - 1);
  }

  /** A position is in one list; what comes before it is done. */
  private branches(selection: UserSelection, now: Date): RawBuilder<unknown> {
    const { filter, lists, after, limit } = selection;
    const source = sourceOf(filter, now);
    const conditions = conditionsOf(filter, now);
    const from = lists.findIndex((list) => list === after?.list);
    const branches = lists.flatMap((list, branch) => {
      if (branch < from) return [];
      const ofList = [...conditions, isFound(list, selection)];
      return [firstOf(list, branch, { source, conditions: ofList, after: branch === from ? after : undefined, limit })];
    });
    return sql.join(branches, sql` union all `);
  }
}
