import { sql, type RawBuilder } from 'kysely';
import type { AccountName } from './account-name.js';

/** True for the row of `auth_user u` that has the name. */
export function isNamed(name: AccountName): RawBuilder<unknown> {
  return 'id' in name ? sql`u.id = ${name.id}::uuid` : sql`u.email = ${name.email}`;
}
