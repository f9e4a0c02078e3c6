import { lowestUuidV7 } from '../../platform/random.js';
import type { SecurityEvent } from './security-event.js';

/** Which lines of the audit trail an operator wants. */
export interface TrailFilter {
  /** The account that the events are about. */
  readonly userId?: string | undefined;
  /** The user or program that caused them. */
  readonly actorId?: string | undefined;
  readonly ipAddress?: string | undefined;
  readonly names?: readonly string[] | undefined;
  /** Only events at or after this instant. */
  readonly since?: Date | undefined;
  /** Only events before this instant. */
  readonly until?: Date | undefined;
}

/** A line of the audit trail as operators see it. */
export interface TrailLine extends SecurityEvent {
  /** The account that the event is about; null if there is none. */
  readonly userId: string | null;
}

/** The lines that a statement reads. Ids are ordered by time. */
export interface TrailSearch {
  readonly filter: Omit<TrailFilter, 'since' | 'until'>;
  /** The lowest id, which is included. */
  readonly from: string | undefined;
  /** Lines before this id, which is not included. */
  readonly before: string | undefined;
  readonly limit: number;
}

const NAMES_LOOK_BACK_MS = 31 * 24 * 60 * 60 * 1000;
/** The largest time that a UUID of version 7 can hold. */
const LATEST_MS = 2 ** 48 - 1;

/**
 * Turns a filter into a range of ids. No index helps to find names, so names without a user, an actor or an address look
 * back 31 days at most.
 */
export function toSearch(
  { since, until, ...filter }: TrailFilter,
  { after, limit }: { readonly after: string | undefined; readonly limit: number },
  now: Date,
): TrailSearch {
  const isBounded = [filter.userId, filter.actorId, filter.ipAddress].some((value) => value !== undefined);
  const end = Math.min(until?.getTime() ?? Infinity, now.getTime());
  const earliest = filter.names === undefined || isBounded ? -Infinity : end - NAMES_LOOK_BACK_MS;
  const start = Math.max(since?.getTime() ?? -Infinity, earliest);
  const bounds = [after, until && idAt(until.getTime())].filter((id) => id !== undefined);
  return { filter, from: start === -Infinity ? undefined : idAt(start), before: bounds.sort()[0], limit };
}

function idAt(milliseconds: number): string {
  return lowestUuidV7(new Date(Math.min(Math.max(milliseconds, 0), LATEST_MS)));
}
