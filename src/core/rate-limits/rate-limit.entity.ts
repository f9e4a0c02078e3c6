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
 * The number of calls in the current window. rate-limiter-flexible defines the columns. The table is unlogged, so a crash of
 * the server empties it.
 */
export class RateLimitEntity extends RateLimitSchema.class {}
RateLimitSchema.setClass(RateLimitEntity);
