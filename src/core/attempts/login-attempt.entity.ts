import { defineEntity, p } from '@mikro-orm/core';
import { ATTEMPT_INDEXES } from './attempt-indexes.js';

const LoginAttemptSchema = defineEntity({
  name: 'LoginAttemptEntity',
  tableName: 'auth_login_attempt',
  properties: {
    /** SHA-256 of what is counted: an address, with or without an account, a known device or a client address. */
    keyHash: p.blob().primary(),
    /** Failures since the last success, or in the current window of a client address; 0 while an operator has locked the counter. */
    attempts: p.integer(),
    /** When the place of each running comparison expires, finished or not. */
    places: p.datetime().array().columnType('timestamptz[]').defaultRaw("'{}'"),
    /** When the last failure was; for a client address, the first one of the window. */
    lastAttemptAt: p.datetime(),
    lockedUntil: p.datetime().nullable(),
    /** An account that a lock may keep out: it has the address or device, or had it before. Null if none is known. */
    userId: p.uuid().nullable(),
  },
  indexes: ATTEMPT_INDEXES.map(({ name, on }) => ({ name, expression: `create index "${name}" on ${on}` })),
});

/** Failed sign-in attempts, and comparisons that are running. */
export class LoginAttemptEntity extends LoginAttemptSchema.class {}
LoginAttemptSchema.setClass(LoginAttemptEntity);
