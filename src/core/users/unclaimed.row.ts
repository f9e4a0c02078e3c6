import { sql, type RawBuilder } from 'kysely';

/**
 * Whether registrations may claim an account whose address is unverified. It must not have been imported or moved to its
 * address, and it must have no roles and no open invitation.
 * @param account the alias of `auth_user`
 */
export function isClaimable(account: RawBuilder<unknown>, now: Date): RawBuilder<boolean> {
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
 * Whether an account has the password of a registration that nobody has proven: its address is unverified, and nobody has
 * signed in. Its names came with that password. Operators create accounts without one.
 * @param account the alias of `auth_user`
 */
function isUnproven(account: RawBuilder<unknown>): RawBuilder<boolean> {
  return sql`(${account}.email_verified_at is null and ${account}.last_login_at is null and ${account}.open_to_claims
    and ${account}.password_hash is not null)`;
}

const NAMES = ['first_name', 'last_name', 'display_name', 'locale', 'name_key', 'sort_name_key', 'display_name_key'];

/**
 * Assignments that remove the names and the locale of an unproven registration.
 * @param account the alias of `auth_user`
 */
export function forgetUnprovenNames(
  account: RawBuilder<unknown>,
  condition: RawBuilder<unknown> = sql`true`,
): RawBuilder<unknown> {
  const isForgotten = sql`${condition} and ${isUnproven(account)}`;
  return sql.join(
    NAMES.map(
      (name) => sql`${sql.ref(name)} = case when ${isForgotten} then null else ${account}.${sql.ref(name)} end`,
    ),
  );
}
