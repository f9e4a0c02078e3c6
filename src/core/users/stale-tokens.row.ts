import { sql, type RawBuilder } from 'kysely';
import { addSeconds, MAX_CLOCK_SKEW_SECONDS, startOfNextSecond } from '../../platform/clock.js';

/**
 * Longer than a change may wait for a lock (`lock_timeout`, 5 s). A refresh that commits while the change waits still reads
 * what was before, so its token must become stale too.
 */
const MARGIN_SECONDS = 10;
/** Verifiers accept tokens that are issued up to a minute in the future. */
const MAX_SECONDS_AHEAD = MAX_CLOCK_SKEW_SECONDS - 1;

/**
 * The value of `tokens_not_before` of `auth_user u`, a whole second, that makes all its access tokens stale: those that a
 * process whose clock is ahead has issued, and those that are issued until the change commits. Tokens issued afterwards are
 * dated ahead. A further change within the same second adds one; after about fifty it stays the same, so that a change whose
 * sessions go on must check `makesTokensStale`.
 */
export function staleUntilNow(now: Date): RawBuilder<unknown> {
  const next = startOfNextSecond(now);
  const latest = addSeconds(next, MAX_SECONDS_AHEAD);
  // A sign-in that the change has waited for is not among the sessions that its statement sees, but in the row of the user.
  return sql`greatest(
    ${addSeconds(next, MARGIN_SECONDS)}::timestamptz,
    (select max(least(date_trunc('second', at) + ${`${String(MARGIN_SECONDS + 1)} s`}::interval, ${latest}))
      from (select last_used_at from auth_session where user_id = u.id union all select u.last_login_at) issued (at)
      where at < ${latest}),
    case when u.tokens_not_before < ${latest} then u.tokens_not_before + interval '1 second'
      when ${isPlausible(now)} then u.tokens_not_before end)`;
}

/** Whether `staleUntilNow` makes tokens of `auth_user u` stale that were issued since the last change. */
export function makesTokensStale(now: Date): RawBuilder<boolean> {
  return sql<boolean>`(u.tokens_not_before is null or u.tokens_not_before < ${staleUntilNow(now)} or not ${isPlausible(now)})`;
}

/** Whether a clock that is a minute ahead may have written `tokens_not_before`, rather than one that was set back since. */
function isPlausible(now: Date): RawBuilder<boolean> {
  return sql<boolean>`(u.tokens_not_before <= ${addSeconds(now, MAX_CLOCK_SKEW_SECONDS + 2 * MARGIN_SECONDS)})`;
}
