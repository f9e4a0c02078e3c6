import { setTimeout as delay } from 'node:timers/promises';
import { readKey, type KeySource } from './tokens/asymmetric-key.js';
import type { Clock } from './tokens/clock.js';
import type { Logger } from './logger.js';
import { keysByHeader, type KeysByHeader } from './tokens/access-token.js';
import { toVerifyingKey, type VerifyingKey } from './tokens/signing-keys.js';
import { describeFailure, fetchJson, type Fetch } from './fetch-json.js';

/** How soon the first fetch is retried, and the shortest time between fetches in the background. */
const RETRY_MS = 1_000;
const MAX_KEYS = 100;
const MAX_BYTES = 1024 * 1024;
const TIMEOUT_MS = 5_000;
/** A fetch that takes longer never ends: Cloudflare Workers drops it with the request that caused it. */
const LOST_MS = TIMEOUT_MS + 1_000;

export interface RemoteKeySetOptions {
  readonly uri: string;
  readonly cooldownSeconds: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly fetch: Fetch;
}

/**
 * The published keys of an auth service. They are fetched when a token first needs them, again when they are outdated,
 * and for an unknown key; the latter at most once per cooldown, however many such tokens arrive. If the service is
 * unreachable, the fetched keys stay in use.
 * @see RFC 7517 §5
 */
export class RemoteKeySet {
  private keys: KeysByHeader | undefined;
  private tag: string | undefined;
  private maxAgeMs = RETRY_MS;
  private fetchedAt = -Infinity;
  private triedAt = -Infinity;
  private answeredAt = -Infinity;
  private underWay: Promise<void> | undefined;
  private closing: AbortController | undefined;

  constructor(private readonly options: RemoteKeySetOptions) {}

  /**
   * Returns the fetched keys, and refreshes them in the background if they are outdated. Undefined if the last fetch
   * was too long ago.
   */
  known(): KeysByHeader | undefined {
    if (this.isForgotten()) return undefined;
    // A success sets both.
    const hasFailed = this.answeredAt !== this.fetchedAt;
    const pauseMs = hasFailed ? Math.max(Math.min(this.cooldownMs, this.maxAgeMs), RETRY_MS) : RETRY_MS;
    if (this.havePassed(this.maxAgeMs, this.fetchedAt) && this.havePassed(pauseMs, this.triedAt)) void this.renew();
    return this.keys;
  }

  /** Returns the keys, after a fetch if the key of a header is unknown; undefined if no fetch has ever succeeded. */
  async including(header: string): Promise<KeysByHeader | undefined> {
    const pauseMs = this.keys ? this.cooldownMs : RETRY_MS;
    const isWanted = !this.keys?.has(header) && (this.underWay ?? this.havePassed(pauseMs, this.triedAt));
    if (isWanted || this.isForgotten()) await Promise.race([this.renew(), delay(LOST_MS, undefined, { ref: false })]);
    return this.keys;
  }

  /** Ends a fetch that is under way. */
  close(): void {
    this.closing?.abort();
  }

  private get cooldownMs(): number {
    return this.options.cooldownSeconds * 1000;
  }

  /** The last fetch was so long ago that keys may have been removed: then even a known key waits for the response. */
  private isForgotten(): boolean {
    return this.havePassed(2 * this.maxAgeMs, this.answeredAt);
  }

  /** After the clock was set back, everything seems to be in the future, which is no reason to wait. */
  private havePassed(ms: number, since: number): boolean {
    const passed = this.options.clock.now().getTime() - since;
    return passed >= ms || passed < 0;
  }

  private renew(): Promise<void> {
    if (this.underWay && !this.havePassed(LOST_MS, this.triedAt)) return this.underWay;
    const fetching = this.fetchKeys().finally(() => {
      if (this.underWay === fetching) this.underWay = undefined;
    });
    this.underWay = fetching;
    return fetching;
  }

  private async fetchKeys(): Promise<void> {
    const { clock, fetch, logger, uri } = this.options;
    // One for each fetch: Cloudflare Workers cannot create it outside of a request, nor use it in another one.
    this.closing = new AbortController();
    const { signal: closed } = this.closing;
    this.triedAt = clock.now().getTime();
    try {
      const { ageSeconds, body, maxAgeSeconds, tag } = await fetchJson(fetch, uri, {
        tag: this.tag,
        maxBytes: MAX_BYTES,
        timeoutMs: TIMEOUT_MS,
        closed,
      });
      if (body !== undefined) {
        this.keys = keysByHeader(readKeySet(body));
        this.tag = tag;
      }
      this.maxAgeMs = Math.max(maxAgeSeconds * 1000, RETRY_MS);
      this.fetchedAt = this.answeredAt = clock.now().getTime() - ageSeconds * 1000;
    } catch (error) {
      if (closed.aborted) return;
      this.answeredAt = clock.now().getTime();
      logger.warn({ uri, problem: describeFailure(error) }, 'the keys that verify access tokens could not be fetched');
    }
  }
}

function readKeySet(body: unknown): VerifyingKey[] {
  const { keys } = (body ?? {}) as { keys?: unknown };
  if (!Array.isArray(keys)) throw new TypeError('the response is not a JWK Set');
  const usable = keys.slice(0, MAX_KEYS).flatMap((key: KeySource) => {
    try {
      return [toVerifyingKey(readKey(key))];
    } catch {
      // Unsupported key types cannot verify our tokens.
      return [];
    }
  });
  if (usable.length === 0) throw new TypeError('the JWK Set contains no key that signs access tokens');
  return usable;
}
