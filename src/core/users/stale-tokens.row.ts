import { sql, type RawBuilder } from 'kysely';
import { addSeconds, MAX_CLOCK_SKEW_SECONDS, startOfNextSecond } from '../../platform/clock.js';

/**
 * Longer than a change may wait for a lock (`lock_timeout`, 5 s) and clocks of processes may differ. A refresh that commits
 * while the change waits still reads what was before, so its token must become stale too.
 */
const MARGIN_SECONDS = 10;
/** Verifiers accept tokens issued up to a minute in the future, so a series of changes must stay within that. A whole second. */
const MAX_SECONDS_AHEAD = 29;

/**
 * The value of `tokens_not_before` of `auth_user u` that makes all its access tokens stale, including those that are issued
 * until the change commits. Tokens issued afterwards are dated ahead. A further change within the same second adds one; after
 * about twenty it stays the same, so that a change whose sessions go on must check `makesTokensStale`.
 */
export function staleUntilNow(now: Date): RawBuilder<unknown> {
  return sql`least(greatest(${addSeconds(startOfNextSecond(now), MARGIN_SECONDS)}::timestamptz, u.tokens_not_before + interval '1 second'),
    ${addSeconds(startOfNextSecond(now), MAX_SECONDS_AHEAD)}::timestamptz)`;
}

/**
 * Whether `staleUntilNow` makes tokens of `auth_user u` stale that were issued since the last change. Verifiers do not accept
 * tokens from before the clock was set back by more than a minute.
 */
export function makesTokensStale(now: Date): RawBuilder<boolean> {
  return sql<boolean>`(u.tokens_not_before is null or u.tokens_not_before < ${staleUntilNow(now)}
    or u.tokens_not_before > ${addSeconds(now, MAX_CLOCK_SKEW_SECONDS)})`;
}
