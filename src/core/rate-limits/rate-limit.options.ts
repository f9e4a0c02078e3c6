import * as z from 'zod';
import type { ConfigOf } from '../../platform/options/option-tree.js';
import { flag } from '../../platform/options/option-types.js';
import { parseRateLimit, type RateLimitKey } from './rate-limit-rule.js';

export const rateLimitOptions = {
  rateLimits: {
    enabled: flag
      .default(true)
      .describe('Whether the calls of each operation are limited. Switch it off for load tests only.'),
  },
  redisUrl: z
    .url({ protocol: /^rediss?$/, error: 'must be an address such as redis://:password@redis.example.com:6379' })
    .optional()
    .describe('A Redis server that counts the calls for the rate limits. If unset, PostgreSQL counts them.'),
} as const;

export type RateLimitConfig = ConfigOf<Pick<typeof rateLimitOptions, 'rateLimits'>> & {
  readonly redisUrl?: string | undefined;
};

/**
 * The option that limits one operation.
 * @param keys what its calls can be counted by
 * @param fallback the limits if the option is not set
 */
export function rateLimit(keys: readonly RateLimitKey[], fallback: string): z.ZodDefault<z.ZodString> {
  const error = `must be "off" or limits such as "${fallback}": ${keys.join(', ')}, each with a number of calls and a time of at most 24 hours`;
  const isValid = (text: string): boolean => parseRateLimit(text)?.every(({ key }) => keys.includes(key)) ?? false;
  return z.string(error).refine(isValid, { error }).default(fallback);
}
