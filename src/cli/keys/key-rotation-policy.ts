import { KEYS_MAX_AGE_SECONDS, MAX_KEYS } from '@auth-subgraph/verifier/internal';
import { addSeconds, toEpochSeconds } from '../../platform/clock.js';

/** A key must have been published for this long before it signs: twice as long as anybody keeps an older set. */
const PUBLISHED_SECONDS = 2 * KEYS_MAX_AGE_SECONDS;
/** Beside the lifetime of its tokens: for nodes that read the ring late, and clocks that differ. */
const RETIRE_MARGIN_SECONDS = 120;

/** One key of a ring, as its file holds it: a private JWK, and when it came and went. Times are epoch seconds. */
export interface RingKey {
  readonly kid: string;
  readonly alg: string;
  readonly published_at: number;
  /** When another key took its place; its tokens are good until they expire. */
  readonly signed_until?: number;
  readonly [member: string]: unknown;
}

/** The first key signs. */
export type KeyRing = readonly RingKey[];

export type KeyState = 'published' | 'signing' | 'verifying';

/** What to do with a ring comes too early or makes no sense; the message says what to do instead. */
export class KeyRotationError extends Error {
  override readonly name = 'KeyRotationError';
}

export function stateOf(ring: KeyRing, key: RingKey): KeyState {
  if (key === ring[0]) return 'signing';
  return key.signed_until === undefined ? 'published' : 'verifying';
}

/**
 * Adds a key: the first of a ring signs at once, any other is published and waits for its turn.
 * @throws KeyRotationError there are as many as a service takes
 */
export function publish(ring: KeyRing, key: RingKey): KeyRing {
  if (ring.length >= MAX_KEYS)
    throw new KeyRotationError(
      `There are ${String(MAX_KEYS)} keys, and a service takes no more. Retire some first: auth-subgraph keys retire`,
    );
  return [...ring, key];
}

/** When a published key may sign: every verifier knows it by then. */
export function maySignFrom({ published_at: publishedAt }: RingKey): Date {
  return addSeconds(new Date(publishedAt * 1000), PUBLISHED_SECONDS);
}

/** When a key that no longer signs may go: no token of it is good by then. Undefined for the others. */
export function mayRetireFrom({ signed_until: until }: RingKey, tokenLifetimeSeconds: number): Date | undefined {
  return until === undefined
    ? undefined
    : addSeconds(new Date(until * 1000), tokenLifetimeSeconds + RETIRE_MARGIN_SECONDS);
}

/**
 * Has the newest published key sign.
 * @throws KeyRotationError none is published, or not for long enough
 */
export function rotate(ring: KeyRing, now: Date, { force }: { force: boolean }): KeyRing {
  const [signing, ...others] = ring;
  const next = others.findLast((key) => stateOf(ring, key) === 'published');
  if (!signing || !next)
    throw new KeyRotationError('No key waits to sign. Publish one first: auth-subgraph keys generate');
  const from = maySignFrom(next);
  if (now < from && !force)
    throw new KeyRotationError(
      `Not every verifier knows the key ${next.kid} yet. Rotate at ${from.toISOString()} or later; with --force tokens of it may be refused until then.`,
    );
  const previous: RingKey = { ...signing, signed_until: toEpochSeconds(now) };
  return [next, previous, ...others.filter((key) => key !== next)];
}

/**
 * Removes the keys whose last tokens have expired; with `force` every key but the one that signs, those that wait to sign
 * among them, since who has stolen one key of a file has stolen all.
 * @throws KeyRotationError there is none
 */
export function retire(
  ring: KeyRing,
  now: Date,
  { force, tokenLifetimeSeconds }: { force: boolean; tokenLifetimeSeconds: number },
): KeyRing {
  const due = (key: RingKey): boolean => {
    const from = mayRetireFrom(key, tokenLifetimeSeconds);
    return force ? stateOf(ring, key) !== 'signing' : from !== undefined && from <= now;
  };
  if (ring.some(due)) return ring.filter((key) => !due(key));
  const [first] = ring.flatMap((key) => mayRetireFrom(key, tokenLifetimeSeconds) ?? []).sort((a, b) => +a - +b);
  throw new KeyRotationError(
    first
      ? `Tokens of the previous key are still good. Retire it at ${first.toISOString()} or later; with --force they are refused at once.`
      : 'No key has stopped signing. Only a key that another took the place of can be retired.',
  );
}
