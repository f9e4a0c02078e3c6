import type { IndexDefinition } from '../../platform/database/tables.js';

/** For operators who list the users that are locked out. */
export const ATTEMPT_INDEXES: readonly IndexDefinition[] = [
  { name: 'auth_login_attempt_locked_index', on: 'auth_login_attempt (locked_until) where user_id is not null' },
];
