import { sql, type RawBuilder } from 'kysely';
import { addSeconds, MAX_CLOCK_SKEW_SECONDS } from '../../platform/clock.js';

/** The place of one running comparison. If the password is wrong, it becomes a failed attempt. */
export interface Place {
  /** The key that failures are counted under: an address, or a known device. Null if its limit refused the place. */
  readonly counterKey: Buffer | null;
  /** The key of the client address, if client addresses are limited. */
  readonly clientKey: Buffer | null;
  /** When the place becomes free again, even if the process that took it has crashed. */
  readonly until: Date;
}

/** The instants that decide which attempts count. */
export interface AttemptTimes {
  readonly now: Date;
  /** Earlier failures no longer count. */
  readonly windowStart: Date;
  /** When a lock that starts now ends. */
  readonly lockUntil: Date;
  /** When the place of a comparison that starts now expires. */
  readonly placeUntil: Date;
}

/** The key of a counter, hashed so that addresses are not stored in plain text. */
export function keyOf(text: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`sha256(convert_to(${text}, 'UTF8'))`;
}

/** The key of the counter of an address. */
export function addressKey(email: RawBuilder<unknown>): RawBuilder<unknown> {
  return keyOf(sql`'address:' || ${email}`);
}

/** The keys of all counters of an address: its own, and those of the known devices of its account. */
export function countersOf(email: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`
    select ${addressKey(email)} as key
    union all
    select ${keyOf(sql`'device:' || d.id`)}
    from auth_device d join auth_user u on u.id = d.user_id where u.email = ${email}`;
}

/**
 * Notes in the counter of an address, locked or not, which account has the address now. Every statement that creates an
 * account needs this step.
 * @param account the new accounts with `id` and `email`; the statement locks them before their counters
 */
export function noteAccount(account: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`update auth_login_attempt c set user_id = a.id from ${account} a
    where c.key_hash = ${addressKey(sql`a.email`)}`;
}

/**
 * The steps `operator_lock`, `noted` and `kept`, which do the same for an account that gets another address, and keep it
 * locked if an operator has locked it. Every statement that changes an address needs them.
 * @param account the account with `id`, `email` and `previous_email`; it is locked before this statement
 */
export function noteMove(account: RawBuilder<unknown>, now: Date): RawBuilder<unknown> {
  return sql`operator_lock as (
      select a.id, a.email, c.locked_until from ${account} a
      join auth_login_attempt c on c.key_hash = ${addressKey(sql`a.previous_email`)} and ${isLockedByOperator(now)}
    ), noted as (
      update auth_login_attempt c set user_id = a.id from ${account} a
      where c.key_hash = ${addressKey(sql`a.email`)} and not exists (select from operator_lock)
    ), kept as (
      insert into auth_login_attempt as c (key_hash, attempts, last_attempt_at, locked_until, user_id)
      select ${addressKey(sql`l.email`)}, 0, ${now}::timestamptz, l.locked_until, l.id from operator_lock l
      on conflict (key_hash) do update set attempts = 0, last_attempt_at = excluded.last_attempt_at,
        locked_until = greatest(c.locked_until, excluded.locked_until), user_id = excluded.user_id
    )`;
}

/** The steps `counter` and `forgotten`, which reset all counters of an address and return when they were locked until. */
export function forgetAttempts(email: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`counter as (${countersOf(email)}), forgotten as (
      delete from auth_login_attempt where key_hash in (select key from counter) returning locked_until
    )`;
}

/**
 * Takes a place for every key of `source` that has room among its failures and running comparisons, and returns the
 * keys that got one. A lock that ends later than one that starts now was written before the clock was set back, so it
 * is shortened.
 */
export function takePlace(
  source: RawBuilder<unknown>,
  maximum: number,
  { now, windowStart, lockUntil, placeUntil }: AttemptTimes,
): RawBuilder<unknown> {
  const cut = sql`coalesce(c.locked_until > ${lockUntil}, false)`;
  const failures = sql`(case when ${isOver(now, windowStart)} then 0 else c.attempts end)`;
  const taken = sql`array(${livePlaces(now, placeUntil)})`;
  // If the maximum has been lowered since these failures, one more password is compared, and its failure locks.
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

/**
 * Turns the place of every key of `source` into a failed attempt. Only the failure that locks returns the maximum, and stores
 * which account it locks.
 * @param userId the account, or null if the statement sees none
 * @param isRun whether failures count as long as the next one follows in time, until a success; otherwise they count in a fixed
 *   window that starts with the first one
 */
export function failAttempt(
  source: RawBuilder<unknown>,
  maximum: number,
  { place, userId, isRun }: { readonly place: Place; readonly userId: RawBuilder<unknown>; readonly isRun: boolean },
  { now, windowStart, lockUntil }: AttemptTimes,
): RawBuilder<unknown> {
  const isLocked = sql`coalesce(c.locked_until > ${now}, false)`;
  const next = sql`(case when ${isLocked} then c.attempts when ${isOver(now, windowStart)} then 1 else c.attempts + 1 end)`;
  const locks = sql`(not ${isLocked} and ${next} >= ${maximum}::int)`;
  const lastOrFirst = isRun
    ? sql`${now}`
    : sql`case when ${next} = 1 then ${now} else least(c.last_attempt_at, ${now}) end`;
  return sql`
    insert into auth_login_attempt as c (key_hash, attempts, last_attempt_at, locked_until, user_id)
    select key, 1, ${now}::timestamptz, case when 1 >= ${maximum}::int then ${lockUntil}::timestamptz end,
      case when 1 >= ${maximum}::int then ${userId} end from ${source}
    on conflict (key_hash) do update set
      attempts = case when ${locks} then ${maximum}::int else least(${next}, ${maximum - 1}::int) end,
      places = ${placesWithout(place)}, last_attempt_at = ${lastOrFirst},
      locked_until = case when ${isLocked} then c.locked_until when ${locks} then ${lockUntil}::timestamptz end,
      user_id = case when ${isLocked} then c.user_id when ${locks} then coalesce(${userId}, c.user_id) end
    returning attempts`;
}

/**
 * Statement steps that release a place if `condition` holds. They lock rows in the order in which places are taken, so
 * that statements never deadlock. With `clearAt`, the failures of the counter are reset too, and a lock that they caused
 * during the comparison ends. A lock by an operator stays.
 */
export function releasePlace(
  place: Place,
  { clearAt, condition }: { readonly clearAt: Date | null; readonly condition: RawBuilder<unknown> },
): RawBuilder<unknown> {
  const { counterKey, clientKey } = place;
  const isCleared = clearAt
    ? sql`c.key_hash = ${counterKey}::bytea and not ${isLockedByOperator(clearAt)}`
    : sql`false`;
  const cleared = sql`, cleared as (
    delete from auth_login_attempt c using held where c.key_hash = held.key_hash and held.is_cleared returning c.locked_until
  )`;
  return sql`held as (
    select key_hash, ${isCleared} as is_cleared from auth_login_attempt c
    where key_hash in (${clientKey}::bytea, ${counterKey}::bytea) and ${condition}
    order by key_hash = ${counterKey}::bytea for update
  ), released as (
    update auth_login_attempt c set places = ${placesWithout(place)} from held
    where c.key_hash = held.key_hash and not held.is_cleared
  )${clearAt ? cleared : sql``}`;
}

/** Failures that lock are at least one, and a lock by an operator resets them. */
function isLockedByOperator(now: Date): RawBuilder<boolean> {
  return sql<boolean>`(c.attempts = 0 and coalesce(c.locked_until > ${now}::timestamptz, false))`;
}

/** True if a lock has ended, or the failures are too old to count. */
function isOver(now: Date, windowStart: Date): RawBuilder<boolean> {
  return sql<boolean>`(coalesce(c.locked_until <= ${now}, false) or c.last_attempt_at <= ${windowStart})`;
}

/** The places of `auth_login_attempt c` that are taken now, without those from before the clock was set back. */
export function livePlaces(now: Date, placeUntil: Date): RawBuilder<unknown> {
  const latest = addSeconds(placeUntil, MAX_CLOCK_SKEW_SECONDS);
  return sql`select place from unnest(c.places) place where place > ${now} and place <= ${latest}`;
}

/** Comparisons that started at the same instant have interchangeable places. */
function placesWithout({ until }: Place): RawBuilder<unknown> {
  const at = sql`array_position(c.places, ${until}::timestamptz)`;
  return sql`coalesce(c.places[:${at} - 1] || c.places[${at} + 1:], c.places)`;
}
