import { readKey, type KeySource } from '../kernel/asymmetric-key.js';
import type { Clock } from '../kernel/clock.js';
import type { Logger } from '../kernel/logger.js';
import { keysByHeader, type KeysByHeader } from '../tokens/access-token.js';
import { toVerifyingKey, type VerifyingKey } from '../tokens/signing-keys.js';
import { fetchJson, type Fetch } from './fetch-json.js';

/** Before the first answer has come there is nothing to serve from, so that is tried for again soon. */
const RETRY_MS = 1_000;
const MAX_KEYS = 100;

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
  private kids: ReadonlySet<string> = new Set();
  private tag: string | undefined;
  private staleAt = 0;
  private triedAt = -Infinity;
  private underWay: Promise<void> | undefined;

  constructor(private readonly options: RemoteKeySetOptions) {}

  /** What has been fetched; has it renewed, for later, when it is old. */
  known(): KeysByHeader | undefined {
    const now = this.now();
    if (now >= this.staleAt && now >= this.triedAt + this.cooldownMs) void this.renew();
    return this.keys;
  }

  /** What is known once a key of this id has been looked for; undefined when nothing could ever be fetched. */
  async including(kid: string): Promise<KeysByHeader | undefined> {
    const pause = this.keys ? this.cooldownMs : RETRY_MS;
    if (!this.kids.has(kid) && (this.underWay ?? this.now() >= this.triedAt + pause)) await this.renew();
    return this.keys;
  }

  private get cooldownMs(): number {
    return this.options.cooldownSeconds * 1000;
  }

  private now(): number {
    return this.options.clock.now().getTime();
  }

  private renew(): Promise<void> {
    this.underWay ??= this.fetchKeys().finally(() => (this.underWay = undefined));
    return this.underWay;
  }

  private async fetchKeys(): Promise<void> {
    const { fetch, logger, uri } = this.options;
    this.triedAt = this.now();
    try {
      const answer = await fetchJson(fetch, uri, this.tag);
      this.staleAt = this.now() + answer.maxAgeSeconds * 1000;
      if (answer.body === undefined) return;
      const keys = readKeySet(answer.body);
      this.keys = keysByHeader(keys);
      this.kids = new Set(keys.map(({ kid }) => kid));
      this.tag = answer.tag;
    } catch (error) {
      const problem = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      logger.warn({ uri, problem }, 'the keys that verify access tokens could not be fetched');
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
