import type { IndexDefinition } from '../../platform/database/tables.js';

/** Matches what `foldText` replaces or removes, and an earlier release kept. */
export const UNFOLDED =
  '[\u00AD\u00DF\u00E6\u00F0\u00F8\u00FE\u0111\u0127\u0131\u0142\u0153\u0167\u0259\u02B9\u02BB-\u02BF\u058A\u05BE\u05F3\u05F4\u061C' +
  '\u115F\u1160\u1400\u1806\u180E\u200B-\u2010\u2012-\u2015\u2018\u2019\u201B-\u201F\u202A-\u202E\u2032\u2060-\u206F\u2212' +
  '\u2E17\u2E1A\u2E3A\u2E3B\u2E40\u2E5D\u301C\u3030\u30A0\uFFF0-\uFFF8\u{10D6E}\u{10EAD}\u{1BCA0}-\u{1BCA3}\u{1D173}-\u{1D17A}' +
  '\u{E0000}-\u{E00FF}\u{E01F0}-\u{E0FFF}]';

const KEYS = [
  ['name_key', 'first_name'],
  ['sort_name_key', 'last_name'],
  ['display_name_key', 'display_name'],
] as const;

/**
 * True for a row of `auth_user` whose keys are missing, or of an earlier release, which an acute accent by itself separated.
 * Housekeeping finds these rows by an index.
 */
export const NEEDS_NAME_KEYS = `(${KEYS.map(
  ([key, name]) =>
    `(${key} is null and ${name} is not null) or ${key} ~ '${UNFOLDED}' or (${name} like '%´%' and ${key} not like '%''%')`,
).join(' or ')})`;

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
  { name: 'auth_user_outdated_keys_index', on: `auth_user (id) where ${NEEDS_NAME_KEYS}` },
];
