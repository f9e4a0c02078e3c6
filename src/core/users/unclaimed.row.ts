import { sql, type RawBuilder } from 'kysely';

/**
 * Whether an account may get a password that was chosen before its address was proven. It must not have been imported or
 * moved to its address, it must have no roles and no open invitation, and nobody may have signed in to it.
 * @param account the alias of `auth_user`
 */
export function isUnclaimed(account: RawBuilder<unknown>, now: Date): RawBuilder<boolean> {
  return sql`(${account}.open_to_claims and ${account}.last_login_at is null and ${account}.roles = '{}'
    and not exists (select from auth_one_time_token t where t.user_id = ${account}.id and t.purpose = 'INVITATION'
      and t.consumed_at is null and t.expires_at > ${now}::timestamptz))`;
}
