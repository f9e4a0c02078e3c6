import { sql, type RawBuilder } from 'kysely';
import { KEPT_HASH_BYTES, keptHash, TIME_BYTES } from './rotation-record.js';

/** The time window of rotations whose replaced token is within its grace period. */
export interface GraceWindow {
  /** Exclusive. */
  readonly after: Date;
  /** Inclusive. Later than now by the maximum clock difference of two nodes. */
  readonly until: Date;
  /** The keys of kept rotations are within the window from here on. */
  readonly firstKey: Buffer;
  /** The first key after the window. */
  readonly endKey: Buffer;
  /** If a session has rotated without a pause since before this, tokens of dropped rotations count as replays. */
  readonly rapidAfter: Date;
}

/** The number of rotations that a session keeps in addition to its last one. */
const MAX_EARLIER_ROTATIONS = 32;

/** True if the last rotation of `auth_session s` is within the window. */
function isRecent({ after, until }: GraceWindow): RawBuilder<boolean> {
  return sql<boolean>`(s.rotated_at > ${after} and s.rotated_at <= ${until})`;
}

/** The assignments that keep earlier rotations: none, unless the last one is within the window. */
export function keepEarlier(window: GraceWindow): RawBuilder<unknown> {
  const time = sql`int8send((extract(epoch from s.rotated_at) * 1000)::int8)`;
  const last = sql`${time} || substr(s.previous_token_hash, 1, ${KEPT_HASH_BYTES}::int) || s.sealed_successor`;
  return sql`
    earlier_rotations = case when ${isRecent(window)} then array(
      select record from unnest(array_prepend(${last}, s.earlier_rotations)) with ordinality r (record, age)
      where ${isWithin(window)} order by age limit ${MAX_EARLIER_ROTATIONS}
    ) end,
    rapid_since = case when ${isRecent(window)} then coalesce(s.rapid_since, s.rotated_at) end`;
}

/** True if the token was replaced by a rotation within the window. */
export function isGraced(tokenHash: Buffer, window: GraceWindow): RawBuilder<boolean> {
  const isEarlier = sql`exists (
    select from unnest(s.earlier_rotations) r (record)
    where substr(record, ${TIME_BYTES + 1}::int, ${KEPT_HASH_BYTES}::int) = ${keptHash(tokenHash)} and ${isWithin(window)}
  )`;
  return sql<boolean>`coalesce(s.previous_token_hash = ${tokenHash} and ${isRecent(window)} or ${isEarlier}, false)`;
}

/**
 * True if rotations within the window may have been dropped, so that an unknown token may not be a replay. Limited in
 * time, because a thief must not escape detection by refreshing without a pause.
 */
export function mayHaveDropped(window: GraceWindow): RawBuilder<boolean> {
  const oldest = sql`select s.earlier_rotations[${MAX_EARLIER_ROTATIONS}::int] as record`;
  return sql<boolean>`(coalesce(s.rapid_since > ${window.rapidAfter}, false)
    and exists (select from (${oldest}) r where ${isWithin(window)}))`;
}

/** True if the rotation in `record` is within the window. */
function isWithin({ firstKey, endKey }: GraceWindow): RawBuilder<boolean> {
  return sql<boolean>`record >= ${firstKey}::bytea and record < ${endKey}::bytea`;
}
