import * as z from 'zod';
import type { ConfigOf } from '../../platform/options/option-tree.js';
import { flag, isReadBy } from '../../platform/options/option-types.js';
import { parseRateLimit, type RateLimitKey } from './rate-limit-rule.js';

export const rateLimitOptions = {
  rateLimits: {
    enabled: flag
      .default(true)
      .describe('Whether calls of each operation are limited. Disable it only for load tests.'),
  },
  redisUrl: z
    .url({
      ...{ protocol: /^rediss?$/, abort: true },
      error: 'must be an address such as redis://:password@redis.example.com:6379',
    })
    .refine(hasNothingAfterDatabase, {
      error:
        'must end with the host, the port or the number of the database; in a password, write "/", "?" and "#" as %2F, %3F and %23',
    })
    .refine(isReadBy(decodeCredentials), { error: 'must have a percent-encoded user and password' })
    .optional()
    .describe('The Redis server that stores the counts of the rate limits. If unset, PostgreSQL stores them.'),
} as const;

export type RateLimitConfig = ConfigOf<Pick<typeof rateLimitOptions, 'rateLimits'>> & {
  readonly redisUrl?: string | undefined;
};

/**
 * Declares the option that limits the calls of one operation.
 * @param keys what its calls can be counted by
 * @param fallback the limits if the option is not set
 */
export function rateLimit(keys: readonly RateLimitKey[], fallback: string): z.ZodDefault<z.ZodString> {
  const error = `must be "off" or limits such as "${fallback}"; it may limit ${keys.join(', ')}, each with a number of calls and a window of at most 24 hours`;
  const isValid = (text: string): boolean => parseRateLimit(text)?.every(({ key }) => keys.includes(key)) ?? false;
  return z.string(error).refine(isValid, { error }).default(fallback);
}

/** Anything else may be a part of the password, and would be ignored. */
function hasNothingAfterDatabase(address: string): boolean {
  const { pathname, search, hash } = new URL(address);
  return /^\/?\d*$/.test(pathname) && search === '' && hash === '';
}

function decodeCredentials(address: string): void {
  const { username, password } = new URL(address);
  [username, password].forEach(decodeURIComponent);
}
