import { addSeconds, MAX_CLOCK_SKEW_SECONDS, secondsUntil } from '../../platform/clock.js';
import { keptHash, timeKey, type PastRotation } from './rotation-record.js';
import type { GraceWindow } from './rotation.row.js';
import type { RefreshToken } from '../../core/sessions/refresh-token.js';
import { hashToken, successorOf } from '../../core/sessions/refresh-token.js';

/** For how many consecutive grace periods a session may rotate faster than its kept rotations cover. */
const RAPID_PERIODS = 10;

/** Returns the window of rotations whose replaced tokens are within their grace period now. */
export function graceWindow(now: Date, graceSeconds: number): GraceWindow {
  const after = addSeconds(now, -graceSeconds);
  // A rotation further in the future was made before the clock was set back, and its grace period counts as over.
  const until = graceSeconds === 0 ? now : addSeconds(now, MAX_CLOCK_SKEW_SECONDS);
  return {
    after,
    until,
    firstKey: timeKey(after.getTime() + 1),
    endKey: timeKey(until.getTime() + 1),
    rapidAfter: addSeconds(now, -graceSeconds * RAPID_PERIODS),
  };
}

/**
 * Derives the current token of a session, rotation by rotation, from an earlier one. Returns `undefined` if none of the
 * rotations replaced that token, or if a later one is missing.
 * @param rotations newest first
 */
export function presentToken(replaced: RefreshToken, rotations: readonly PastRotation[]): RefreshToken | undefined {
  const hash = keptHash(hashToken(replaced));
  const first = rotations.findIndex(({ tokenHash }) => keptHash(tokenHash).equals(hash));
  if (first === -1) return undefined;
  let token = replaced;
  for (const { tokenHash, successorSeed } of rotations.slice(0, first + 1).toReversed()) {
    // After the clock was set back, a rotation in between may have left the window.
    if (!keptHash(tokenHash).equals(keptHash(hashToken(token)))) return undefined;
    token = successorOf(token, successorSeed);
  }
  return token;
}

/** Returns the seconds until the oldest of the rotations leaves its grace period. */
export function secondsOfGrace(rotations: readonly PastRotation[], now: Date, graceSeconds: number): number {
  const oldest = rotations.at(-1)?.rotatedAt ?? now;
  return secondsUntil(addSeconds(oldest, graceSeconds), now);
}
