import { sql, type RawBuilder } from 'kysely';

/**
 * True for a row of `account` that operators have given nothing: it has no roles and no open invitation. Only such an account
 * may get a password that was chosen before its address was proven.
 * @param account the alias of `auth_user`
 */
export function isUnclaimed(account: RawBuilder<unknown>, now: Date): RawBuilder<boolean> {
  return sql`(${account}.roles = '{}' and not exists (
    select from auth_one_time_token t where t.user_id = ${account}.id and t.purpose = 'INVITATION'
      and t.consumed_at is null and t.expires_at > ${now}::timestamptz))`;
}
