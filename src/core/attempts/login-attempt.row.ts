import { sql, type RawBuilder } from 'kysely';
import { addSeconds, MAX_CLOCK_SKEW_SECONDS } from '../../platform/clock.js';

/** The place of one comparison that is under way: with its failure it becomes a failed attempt. */
export interface Place {
  /** What failures are counted under: an address, or a known device. Null if that refused the place. */
  readonly counterKey: Buffer | null;
  /** The same for the client address, if that is limited. */
  readonly clientKey: Buffer | null;
  /** When the place is free again, even if the process that took it has died. */
  readonly until: Date;
}

/** The times that attempts are judged by. */
export interface AttemptTimes {
  readonly now: Date;
  /** Failures before this are forgotten. */
  readonly windowStart: Date;
  /** Until when the last allowed failure locks. */
  readonly lockUntil: Date;
  /** Until when a comparison that begins now has its place. */
  readonly placeUntil: Date;
}

/** The key of a counter: what it counts is not stored in clear text. */
export function keyOf(text: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`sha256(convert_to(${text}, 'UTF8'))`;
}

/**
 * Takes a place for every key of a source, unless failures and comparisons under way fill them all; returns those keys
 * that got one. A lock that ends later than one that begins now dates from before the clock was set back, and is
 * shortened.
 */
export function takePlace(
  source: RawBuilder<unknown>,
  maximum: number,
  { now, windowStart, lockUntil, placeUntil }: AttemptTimes,
): RawBuilder<unknown> {
  const cut = sql`coalesce(c.locked_until > ${lockUntil}, false)`;
  const failures = sql`(case when ${isOver(now, windowStart)} then 0 else c.attempts end)`;
  const taken = sql`array(${livePlaces(now, placeUntil)})`;
  // The maximum may have been lowered since these failures: then one more is compared, and locks.
  const hasRoom = sql`least(${failures}, ${maximum - 1}::int) + cardinality(${taken}) < ${maximum}::int`;
  return sql`
    insert into auth_login_attempt as c (key_hash, attempts, places, last_attempt_at)
    select key, 0, array[${placeUntil}::timestamptz], ${now}::timestamptz from ${source}
    on conflict (key_hash) do update set
      attempts = case when ${cut} then c.attempts else ${failures} end,
      places = case when ${cut} then c.places else ${taken} || ${placeUntil}::timestamptz end,
      last_attempt_at = case when ${cut} or ${failures} > 0 then c.last_attempt_at else ${now} end,
      locked_until = case when ${cut} then ${lockUntil}::timestamptz end
    where ${cut} or ((c.locked_until is null or c.locked_until <= ${now}) and ${hasRoom})
    returning key_hash as key, locked_until is null as granted`;
}

/** Turns the place of every key of a source into a failed attempt. The failure that locks returns the maximum, and no other does. */
export function failAttempt(
  source: RawBuilder<unknown>,
  maximum: number,
  place: Place,
  { now, windowStart, lockUntil }: AttemptTimes,
): RawBuilder<unknown> {
  const next = sql`(case when ${isOver(now, windowStart)} then 1 else c.attempts + 1 end)`;
  const isLocked = sql`coalesce(c.locked_until > ${now}, false)`;
  const locks = sql`(not ${isLocked} and ${next} >= ${maximum}::int)`;
  return sql`
    insert into auth_login_attempt as c (key_hash, attempts, last_attempt_at, locked_until)
    select key, 1, ${now}::timestamptz, case when 1 >= ${maximum}::int then ${lockUntil}::timestamptz end from ${source}
    on conflict (key_hash) do update set
      attempts = case when ${locks} then ${maximum}::int else ${next} end,
      places = ${placesWithout(place)}, last_attempt_at = ${now},
      locked_until = case when ${isLocked} then c.locked_until when ${locks} then ${lockUntil}::timestamptz end
    returning attempts`;
}

/**
 * Steps of a statement that release a place, if the condition holds. The rows are locked in the order in which places
 * are taken, so that no two statements wait for each other. With `clear` the failures of the counter are forgotten too.
 */
export function releasePlace(
  place: Place,
  { clear, condition }: { clear: boolean; condition: RawBuilder<unknown> },
): RawBuilder<unknown> {
  const { counterKey, clientKey } = place;
  const cleared = sql`, cleared as (
    delete from auth_login_attempt c using held where c.key_hash = held.key_hash and c.key_hash = ${counterKey}::bytea
    returning c.locked_until
  )`;
  return sql`held as (
    select key_hash from auth_login_attempt where key_hash in (${clientKey}::bytea, ${counterKey}::bytea) and ${condition}
    order by key_hash = ${counterKey}::bytea for update
  ), released as (
    update auth_login_attempt c set places = ${placesWithout(place)} from held
    where c.key_hash = held.key_hash and (c.key_hash = ${clientKey}::bytea or not ${clear}::boolean)
  )${clear ? cleared : sql``}`;
}

/** True if a lock has passed, or the last failure is so long ago that it is forgotten. */
function isOver(now: Date, windowStart: Date): RawBuilder<boolean> {
  return sql<boolean>`(coalesce(c.locked_until <= ${now}, false) or c.last_attempt_at <= ${windowStart})`;
}

/** The places of `auth_login_attempt c` that are taken now; not those from before the clock was set back. */
export function livePlaces(now: Date, placeUntil: Date): RawBuilder<unknown> {
  const latest = addSeconds(placeUntil, MAX_CLOCK_SKEW_SECONDS);
  return sql`select place from unnest(c.places) place where place > ${now} and place <= ${latest}`;
}

/** Several comparisons may have begun at the same instant: then their places are interchangeable. */
function placesWithout({ until }: Place): RawBuilder<unknown> {
  const at = sql`array_position(c.places, ${until}::timestamptz)`;
  return sql`coalesce(c.places[:${at} - 1] || c.places[${at} + 1:], c.places)`;
}
