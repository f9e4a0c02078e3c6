import { sql, type RawBuilder } from 'kysely';

/**
 * True for a row of `account` to which nobody has signed in, that was neither imported nor moved to its address, and that has
 * no roles and no open invitation. Only such an account may get a password that was chosen before its address was proven.
 * @param account the alias of `auth_user`
 */
export function isUnclaimed(account: RawBuilder<unknown>, now: Date): RawBuilder<boolean> {
  return sql`(${account}.open_to_claims and ${account}.last_login_at is null and ${account}.roles = '{}'
    and not exists (select from auth_one_time_token t where t.user_id = ${account}.id and t.purpose = 'INVITATION'
      and t.consumed_at is null and t.expires_at > ${now}::timestamptz))`;
}
