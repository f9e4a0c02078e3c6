import { sql, type RawBuilder } from 'kysely';

/**
 * Whether registrations may claim an account whose address is unverified. It must not have been imported or moved to its
 * address, and it must have no roles and no open invitation.
 * @param account the alias of `auth_user`
 */
function isClaimable(account: RawBuilder<unknown>, now: Date): RawBuilder<boolean> {
  return sql`(${account}.open_to_claims and ${account}.roles = '{}'
    and not exists (select from auth_one_time_token t where t.user_id = ${account}.id and t.purpose = 'INVITATION'
      and t.consumed_at is null and t.expires_at > ${now}::timestamptz))`;
}

/**
 * Whether an account may get a password that was chosen before its address was proven: registrations may claim it, and
 * nobody has signed in to it.
 * @param account the alias of `auth_user`
 */
export function isUnclaimed(account: RawBuilder<unknown>, now: Date): RawBuilder<boolean> {
  return sql`(${account}.last_login_at is null and ${isClaimable(account, now)})`;
}

/**
 * Whether somebody has signed in to an account that registrations may claim, which is possible while verification is not
 * required.
 * @param account the alias of `auth_user`
 */
export function isUsed(account: RawBuilder<unknown>, now: Date): RawBuilder<boolean> {
  return sql`(${account}.last_login_at is not null and ${isClaimable(account, now)})`;
}
