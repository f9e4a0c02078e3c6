import { sql, type RawBuilder } from 'kysely';
import { addSeconds, startOfNextSecond } from '../../platform/clock.js';

/** Verifiers accept tokens issued up to a minute in the future, so a series of changes must stay within that. */
const MAX_SECONDS_AHEAD = 30;

/**
 * The value of `tokens_not_before` of `auth_user u` that makes all its access tokens stale. They have times in whole seconds,
 * so the tokens of this second become stale too, and a further change within the same second adds one.
 */
export function staleUntilNow(now: Date): RawBuilder<unknown> {
  return sql`least(greatest(${startOfNextSecond(now)}::timestamptz, u.tokens_not_before + interval '1 second'),
    ${addSeconds(now, MAX_SECONDS_AHEAD)}::timestamptz)`;
}
