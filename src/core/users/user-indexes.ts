import type { IndexDefinition } from '../../platform/database/tables.js';

/** True for a row of `auth_user` whose keys are still missing. Housekeeping finds these rows by an index. */
export const LACKS_NAME_KEYS =
  '((name_key is null and first_name is not null) or (sort_name_key is null and last_name is not null) or (display_name_key is null and display_name is not null))';

/** Indexes for operators who list and search users, and for housekeeping. Signing in changes none of their columns. */
export const USER_INDEXES: readonly IndexDefinition[] = [
  { name: 'auth_user_created_index', on: 'auth_user (created_at, id)' },
  // The unique index on the address has the collation of the database, which prefixes cannot use.
  { name: 'auth_user_email_prefix_index', on: 'auth_user (email collate "C")' },
  { name: 'auth_user_domain_index', on: `auth_user (split_part(email, '@', 2) collate "C", email collate "C")` },
  { name: 'auth_user_name_index', on: 'auth_user (name_key, id) where name_key is not null' },
  { name: 'auth_user_sort_name_index', on: 'auth_user (sort_name_key, id) where sort_name_key is not null' },
  { name: 'auth_user_display_name_index', on: 'auth_user (display_name_key, id) where display_name_key is not null' },
  { name: 'auth_user_inactive_index', on: 'auth_user (created_at, id) where not active' },
  { name: 'auth_user_invited_index', on: 'auth_user (created_at, id) where active and password_hash is null' },
  { name: 'auth_user_unverified_index', on: 'auth_user (created_at, id) where email_verified_at is null' },
  { name: 'auth_user_with_roles_index', on: `auth_user (created_at, id) where roles <> '{}'` },
  { name: 'auth_user_erase_after_index', on: 'auth_user (erase_after) where erase_after is not null' },
  { name: 'auth_user_without_keys_index', on: `auth_user (id) where ${LACKS_NAME_KEYS}` },
];
