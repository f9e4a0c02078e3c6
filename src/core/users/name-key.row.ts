import { sql, type RawBuilder } from 'kysely';
import { nameKeysOf, type Names } from './name-key.js';

export { nameKeysOf };

/** The assignments to `auth_user` that keep the keys in step with the names. */
export function assignNameKeys(names: Names): RawBuilder<unknown> {
  const { nameKey, sortNameKey, displayNameKey } = nameKeysOf(names);
  return sql`name_key = ${nameKey}, sort_name_key = ${sortNameKey}, display_name_key = ${displayNameKey}`;
}
