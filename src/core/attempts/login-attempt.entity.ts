import { defineEntity, p } from '@mikro-orm/core';

const LoginAttemptSchema = defineEntity({
  name: 'LoginAttemptEntity',
  tableName: 'auth_login_attempt',
  properties: {
    /** SHA-256 of what is counted: an address, whether or not it has an account, or a known device. */
    keyHash: p.blob().primary(),
    /** How many have failed since the last success. */
    attempts: p.integer(),
    /** When the comparisons that are under way lose their places, finished or not. */
    places: p.datetime().array().columnType('timestamptz[]').defaultRaw("'{}'"),
    lastAttemptAt: p.datetime(),
    lockedUntil: p.datetime().nullable(),
  },
});

/** Attempts to sign in: those that failed since the last success, and those under way. */
export class LoginAttemptEntity extends LoginAttemptSchema.class {}
LoginAttemptSchema.setClass(LoginAttemptEntity);
