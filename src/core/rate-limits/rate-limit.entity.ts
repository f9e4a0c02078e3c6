import { defineEntity, p } from '@mikro-orm/core';

const RateLimitSchema = defineEntity({
  name: 'RateLimitEntity',
  tableName: 'auth_rate_limit',
  properties: {
    /** SHA-256 of the operation and what its calls are counted by, as base64url. */
    key: p.string().length(255).primary(),
    points: p.integer(),
    /** When the count restarts, in milliseconds since 1970. */
    expire: p.bigint().nullable(),
  },
});

/**
 * How many calls were made in the current window. The columns are those that rate-limiter-flexible expects. The table is
 * not logged: after a crash of the server it is empty.
 */
export class RateLimitEntity extends RateLimitSchema.class {}
RateLimitSchema.setClass(RateLimitEntity);
