import type { EntityManager } from '@mikro-orm/postgresql';
import { sql, type RawBuilder } from 'kysely';
import { insertEventsFrom } from '../../core/events/outbox.row.js';
import type { ChangeOutcome, ManagedAccount } from '../../core/management/change-outcome.js';
import {
  changeOutcome,
  managedAccount,
  toChangeOutcome,
  type ChangeOutcomeRow,
} from '../../core/management/managed-account.row.js';
import { endUnprovenAccess, type ChangeEvents } from '../../core/management/ended-access.row.js';
import { makesTokensStale, staleUntilNow } from '../../core/users/stale-tokens.row.js';
import { forgetUnprovenNames } from '../../core/users/unclaimed.row.js';
import { onlyRow } from '../../platform/database/only-row.js';

/** Roles to add and to remove; a role in both lists is removed. */
export interface RoleChange {
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

export interface RoleLimits {
  readonly count: number;
  /** Of all roles together, with a space between two. */
  readonly length: number;
}

interface RoleFindings {
  readonly fits: boolean;
  /** The change would not make all earlier tokens stale: there were too many within a second, or a clock is ahead. */
  readonly isTooSoon: boolean;
}

export type RoleOutcome = ChangeOutcome & RoleFindings;

/** Changes roles. */
export class RoleRepository {
  constructor(private readonly em: EntityManager) {}

  /**
   * Replaces the roles, or adds and removes some, and stores the event if they have changed. Concurrent additions and
   * removals do not overwrite each other. With `fits: false` or `isTooSoon: true`, nothing has changed.
   * @param unproven what happens to an account with an unverified address that gets a role: `discarded` removes the password,
   * the names that came with it and everything else that strangers may have left
   */
  async change(
    account: ManagedAccount,
    wanted: readonly string[] | RoleChange,
    { count, length }: RoleLimits,
    now: Date,
    { changed, sessionEnded }: ChangeEvents,
    unproven: 'kept' | 'discarded',
  ): Promise<RoleOutcome> {
    const { rows } = await sql<ChangeOutcomeRow & RoleFindings>`
      with ${managedAccount(account, { now, mayBeSelf: false })},
      fitting as (
        select * from (select u.*, ${rolesAfter(wanted)} as next, ${makesTokensStale(now)} as is_effective from target u) t
        where cardinality(next) <= ${count} and length(array_to_string(next, ' ')) <= ${length}
      ),
      unproven as (
        select id from fitting
        where ${unproven === 'discarded'} and is_effective and email_verified_at is null and not (next <@ roles)
      ),
      changed as (
        update auth_user as u set roles = f.next, tokens_not_before = ${staleUntilNow(now)},
          password_hash = case when exists (select from unproven) then null else u.password_hash end,
          ${forgetUnprovenNames(sql`u`, sql`exists (select from unproven)`)}
        from fitting f
        where u.id = f.id and f.is_effective and f.roles is distinct from f.next returning u.*
      ), ${endUnprovenAccess(sessionEnded, now)},
      event as (${insertEventsFrom(sql`changed`, [changed], sql`jsonb_build_object('roles', to_jsonb(changed.roles))`)}),
      outcome as (${changeOutcome(now)})
      select outcome.*, exists (select from fitting) as fits,
        exists (select from fitting where not is_effective and roles is distinct from next) as "isTooSoon"
      from outcome`.execute(this.em.getKysely());
    const row = onlyRow(rows);
    return { ...toChangeOutcome(row), fits: row.fits, isTooSoon: row.isTooSoon };
  }
}

/** The roles of `auth_user u` after the change. */
function rolesAfter(wanted: readonly string[] | RoleChange): RawBuilder<unknown> {
  if (!('add' in wanted)) return sql`${wanted}::text[]`;
  const { add, remove } = wanted;
  return sql`array(select role from unnest(u.roles || ${add}::text[]) with ordinality as x (role, place)
    where role <> all (${remove}::text[]) group by role order by min(place))`;
}
