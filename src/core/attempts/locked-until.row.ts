import { sql, type RawBuilder } from 'kysely';
import { addressKey, keyOf } from './login-attempt.row.js';

/** When the latest lock of the address or of a known device of `auth_user u` ends; null if there is none. */
export function lockedUntil(now: Date): RawBuilder<unknown> {
  return sql`(select max(c.locked_until) from auth_login_attempt c where c.locked_until > ${now} and c.key_hash in (
    select ${addressKey(sql`u.email`)}
    union all
    select ${keyOf(sql`'device:' || d.id`)} from auth_device d where d.user_id = u.id))`;
}
