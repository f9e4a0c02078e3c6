import { defineEntity, p } from '@mikro-orm/core';

const LoginAttemptSchema = defineEntity({
  name: 'LoginAttemptEntity',
  tableName: 'auth_login_attempt',
  properties: {
    /** SHA-256 of what is counted: an address, whether or not it has an account, or a known device. */
    keyHash: p.blob().primary(),
    attempts: p.integer(),
    lastAttemptAt: p.datetime(),
    lockedUntil: p.datetime().nullable(),
  },
});

/** Attempts to sign in since the last success. */
export class LoginAttemptEntity extends LoginAttemptSchema.class {}
LoginAttemptSchema.setClass(LoginAttemptEntity);
