import { KEYS_MAX_AGE_SECONDS, MAX_KEYS } from '@auth-subgraph/verifier/internal';
import { addSeconds, toEpochSeconds } from '../../platform/clock.js';

/** A key must have been published for this long before it signs: twice as long as verifiers cache a key set. */
const PUBLISHED_SECONDS = 2 * KEYS_MAX_AGE_SECONDS;
/** Added to the lifetime of its tokens: for nodes that read the ring late and for clock differences. */
const RETIRE_MARGIN_SECONDS = 120;

/** One key of a ring, as stored in the file: a private JWK with its timestamps in epoch seconds. */
export interface RingKey {
  readonly kid: string;
  readonly alg: string;
  readonly published_at: number;
  /** When another key replaced it; its tokens stay valid until they expire. */
  readonly signed_until?: number;
  readonly [member: string]: unknown;
}

/** The first key signs. */
export type KeyRing = readonly RingKey[];

export type KeyState = 'published' | 'signing' | 'verifying';

/** A change to a ring is too early or impossible; the message says what to do instead. */
export class KeyRotationError extends Error {
  override readonly name = 'KeyRotationError';
}

export function stateOf(ring: KeyRing, key: RingKey): KeyState {
  if (key === ring[0]) return 'signing';
  return key.signed_until === undefined ? 'published' : 'verifying';
}

/**
 * Adds a key: the first key of a ring signs at once, any other is published and waits.
 * @throws KeyRotationError the ring is full
 */
export function publish(ring: KeyRing, key: RingKey): KeyRing {
  if (ring.length >= MAX_KEYS)
    throw new KeyRotationError(
      `There are ${String(MAX_KEYS)} keys, which is the maximum. Retire some first: auth-subgraph keys retire`,
    );
  return [...ring, key];
}

/** When a published key may start to sign: by then every verifier has fetched it. */
export function maySignFrom({ published_at: publishedAt }: RingKey): Date {
  return addSeconds(new Date(publishedAt * 1000), PUBLISHED_SECONDS);
}

/** When a key that no longer signs can be removed, because all its tokens have expired; otherwise undefined. */
export function mayRetireFrom({ signed_until: until }: RingKey, tokenLifetimeSeconds: number): Date | undefined {
  return until === undefined
    ? undefined
    : addSeconds(new Date(until * 1000), tokenLifetimeSeconds + RETIRE_MARGIN_SECONDS);
}

/**
 * Makes the newest published key the signing key.
 * @throws KeyRotationError no key is published, or not for long enough
 */
export function rotate(ring: KeyRing, now: Date, { force }: { force: boolean }): KeyRing {
  const [signing, ...others] = ring;
  const next = others.findLast((key) => stateOf(ring, key) === 'published');
  if (!signing || !next)
    throw new KeyRotationError('No key is waiting to sign. Publish one first: auth-subgraph keys generate');
  const from = maySignFrom(next);
  if (now < from && !force)
    throw new KeyRotationError(
      `Not every verifier has fetched the key ${next.kid} yet. Rotate at ${from.toISOString()} or later; with --force its tokens may be rejected until then.`,
    );
  const previous: RingKey = { ...signing, signed_until: toEpochSeconds(now) };
  return [next, previous, ...others.filter((key) => key !== next)];
}

/**
 * Removes the keys whose last tokens have expired. With `force`, removes every key except the signing key, including
 * keys that wait to sign: anyone who stole one key of a file has stolen all of them.
 * @throws KeyRotationError there is no such key
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
      ? `Tokens of the previous key are still valid. Retire it at ${first.toISOString()} or later; with --force they are rejected at once.`
      : 'No key has stopped signing. A key can only be retired after another key has replaced it.',
  );
}
