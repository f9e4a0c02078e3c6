import { readKey, type KeySource } from './tokens/asymmetric-key.js';
import type { Clock } from './tokens/clock.js';
import type { Logger } from './logger.js';
import { keysByHeader, type KeysByHeader } from './tokens/access-token.js';
import { toVerifyingKey, type VerifyingKey } from './tokens/signing-keys.js';
import { describeFailure, fetchJson, type Fetch } from './fetch-json.js';

/** Before the first answer has come there is nothing to serve from, so that is tried for again soon. */
const RETRY_MS = 1_000;
const MAX_KEYS = 100;
const MAX_BYTES = 1024 * 1024;

export interface RemoteKeySetOptions {
  readonly uri: string;
  readonly cooldownSeconds: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly fetch: Fetch;
}

/**
 * The published keys of an auth service. They are fetched when a token first needs them, again when they are old, and
 * for a key that is not among them; for the latter at most once in each cooldown, however many such tokens arrive.
 * What was fetched once is served for as long as the service cannot be reached.
 * @see RFC 7517 §5
 */
export class RemoteKeySet {
  private keys: KeysByHeader | undefined;
  private tag: string | undefined;
  private maxAgeMs: number;
  private fetchedAt = -Infinity;
  private triedAt = -Infinity;
  private answeredAt = -Infinity;
  private underWay: Promise<void> | undefined;

  constructor(private readonly options: RemoteKeySetOptions) {
    this.maxAgeMs = Math.max(this.cooldownMs, RETRY_MS);
  }

  /** What has been fetched; has it renewed, for later, when it is old. Undefined when nobody has looked for long. */
  known(): KeysByHeader | undefined {
    if (this.isForgotten()) return undefined;
    if (this.havePassed(this.maxAgeMs, this.fetchedAt) && this.havePassed(this.cooldownMs, this.triedAt))
      void this.renew();
    return this.keys;
  }

  /** What is known once the key of a header has been looked for; undefined when nothing could ever be fetched. */
  async including(header: string): Promise<KeysByHeader | undefined> {
    const pauseMs = this.keys ? this.cooldownMs : RETRY_MS;
    const isWanted = !this.keys?.has(header) && (this.underWay ?? this.havePassed(pauseMs, this.triedAt));
    if (isWanted || this.isForgotten()) await this.renew();
    return this.keys;
  }

  private get cooldownMs(): number {
    return this.options.cooldownSeconds * 1000;
  }

  /** Nobody has asked for so long that keys may have been taken away: then even a known one waits for the answer. */
  private isForgotten(): boolean {
    return this.havePassed(2 * this.maxAgeMs, this.answeredAt);
  }

  /** A clock that was set back makes everything seem to lie in the future, which is no reason to wait for it. */
  private havePassed(ms: number, since: number): boolean {
    const passed = this.options.clock.now().getTime() - since;
    return passed >= ms || passed < 0;
  }

  private renew(): Promise<void> {
    this.underWay ??= this.fetchKeys().finally(() => {
      this.underWay = undefined;
      this.answeredAt = this.options.clock.now().getTime();
    });
    return this.underWay;
  }

  private async fetchKeys(): Promise<void> {
    const { clock, fetch, logger, uri } = this.options;
    this.triedAt = clock.now().getTime();
    try {
      const { body, maxAgeSeconds, tag } = await fetchJson(fetch, uri, { tag: this.tag, maxBytes: MAX_BYTES });
      if (body !== undefined) {
        this.keys = keysByHeader(readKeySet(body));
        this.tag = tag;
      }
      this.maxAgeMs = Math.max(maxAgeSeconds * 1000, this.cooldownMs, RETRY_MS);
      this.fetchedAt = clock.now().getTime();
    } catch (error) {
      logger.warn({ uri, problem: describeFailure(error) }, 'the keys that verify access tokens could not be fetched');
    }
  }
}

function readKeySet(body: unknown): VerifyingKey[] {
  const { keys } = (body ?? {}) as { keys?: unknown };
  if (!Array.isArray(keys)) throw new TypeError('the answer is not a JWK Set');
  const usable = keys.slice(0, MAX_KEYS).flatMap((key: KeySource) => {
    try {
      return [toVerifyingKey(readKey(key))];
    } catch {
      // A key of a kind that we do not use verifies none of our tokens.
      return [];
    }
  });
  if (usable.length === 0) throw new TypeError('the JWK Set holds no key that signs access tokens');
  return usable;
}
