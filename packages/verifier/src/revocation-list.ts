import { setTimeout as wait } from 'node:timers/promises';
import { MAX_CLOCK_SKEW_SECONDS, type Clock } from './tokens/clock.js';
import type { Logger } from './logger.js';
import type { AccessTokenClaims } from './tokens/token-claims.js';
import { describeFailure, fetchJson, type Fetch } from './fetch-json.js';

/** Until the first response, the feed is polled at least this often. */
const RETRY_MS = 1_000;
/** A larger step of the clock makes the list start over. For smaller ones, revocations are kept long enough. */
const CLOCK_STEP_MS = 10_000;
/** Enough for a million revocations. */
const MAX_BYTES = 64 * 1024 * 1024;
/** After a large revocation it takes the service seconds to respond. */
const TIMEOUT_MS = 30_000;
/** Tokens do not wait longer than this for the first response. */
const READY_MS = 5_000;

export interface RevocationListOptions {
  readonly uri: string;
  readonly everySeconds: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly fetch: Fetch;
}

/** A response of the revocation feed. */
interface Revocations {
  /** Where the next request continues. */
  readonly cursor: number;
  /** How long a token can outlive its session. */
  readonly tokenLifetimeSeconds: number;
  readonly sessions: readonly string[];
  /** Tokens of a user or service account that were issued before this epoch second are revoked. */
  readonly users: Readonly<Record<string, number>>;
}

/** Recent revocations whose access tokens could still be in use, according to the auth service's feed. */
export class RevocationList {
  private readonly sessions = new Map<string, number>();
  private readonly users = new Map<string, { readonly notBefore: number; until: number }>();
  private timer: NodeJS.Timeout | undefined;
  private readonly closing = new AbortController();
  private isKnown = false;
  private cursor = 0;
  private tag: string | undefined;
  /** The longest lifetime that a process of the service has reported. Others may still have another setting. */
  private lifetimeSeconds = 0;
  /** The lifetime in the last response that listed all revocations. */
  private listedSeconds = 0;
  /** How far the clock was ahead of the monotonic one when everything was requested last. */
  private lead = -Infinity;
  /** Resolves after the first request to the feed, whatever its outcome, or if it takes long. */
  readonly ready: Promise<void>;

  constructor(private readonly options: RevocationListOptions) {
    this.ready = Promise.race([this.poll(), wait(READY_MS, undefined, { ref: false })]);
  }

  /** Why a token is no longer valid, as the reason of a rejection; undefined if it is valid. */
  reasonAgainst(token: AccessTokenClaims): 'SESSION_ENDED' | 'TOKEN_EXPIRED' | undefined {
    if ('sessionId' in token && this.sessions.has(token.sessionId)) return 'SESSION_ENDED';
    const { notBefore = 0 } = this.users.get('serviceId' in token ? token.serviceId : token.userId) ?? {};
    // A user's session continues, so a refresh helps.
    return Number(token.claims['iat']) < notBefore ? 'TOKEN_EXPIRED' : undefined;
  }

  close(): void {
    this.closing.abort();
    clearTimeout(this.timer);
  }

  private async poll(): Promise<void> {
    const { everySeconds, fetch, logger, uri } = this.options;
    const { signal: closed } = this.closing;
    this.startOverIfClockWasSet();
    try {
      const asked = { tag: this.tag, maxBytes: MAX_BYTES, timeoutMs: TIMEOUT_MS, closed };
      const address = new URL(uri);
      address.searchParams.set('since', String(this.cursor));
      const { body, tag } = await fetchJson(fetch, address.href, asked);
      if (body !== undefined) this.take(readRevocations(body), tag);
      this.isKnown = true;
      this.forgetExpired();
    } catch (error) {
      if (closed.aborted) return;
      logger.warn({ uri, problem: describeFailure(error) }, 'the revocations could not be fetched');
    }
    if (closed.aborted) return;
    const pauseMs = everySeconds * 1000;
    this.timer = setTimeout(() => void this.poll(), this.isKnown ? pauseMs : Math.min(pauseMs, RETRY_MS)).unref();
  }

  /**
   * If the clock was fast, revocations were dropped too early; if it was slow, they are about to be. All are requested
   * again, which also happens once after the machine has slept: the monotonic clock stands still meanwhile.
   */
  private startOverIfClockWasSet(): void {
    const lead = this.now() - performance.now();
    if (!(Math.abs(lead - this.lead) > CLOCK_STEP_MS)) return;
    this.lead = lead;
    this.cursor = 0;
    this.tag = undefined;
  }

  private take({ cursor, sessions, users, tokenLifetimeSeconds }: Revocations, tag: string | undefined): void {
    this.noteLifetime(tokenLifetimeSeconds);
    // Tokens may be dated later than now, by a service whose clock is ahead or after a change of roles.
    const until = this.now() + (this.lifetimeSeconds + MAX_CLOCK_SKEW_SECONDS) * 1000;
    // Newer responses repeat some revocations; a full one also corrects times that a wrong clock gave.
    const isFull = this.cursor === 0;
    if (isFull) this.listedSeconds = tokenLifetimeSeconds;
    for (const sessionId of sessions) if (isFull || !this.sessions.has(sessionId)) this.sessions.set(sessionId, until);
    for (const [userId, seconds] of Object.entries(users)) {
      const notBefore = Math.max(seconds, this.users.get(userId)?.notBefore ?? 0);
      this.users.set(userId, { notBefore, until });
    }
    // A process with a shorter lifetime leaves out older revocations, so everything is requested until another one responds.
    const next = this.listedSeconds < this.lifetimeSeconds ? 0 : Math.max(cursor, this.cursor);
    // A tag belongs to the response for one particular URL.
    this.tag = next === this.cursor ? tag : undefined;
    this.cursor = next;
  }

  /** Keeps all revocations for the longest lifetime. */
  private noteLifetime(seconds: number): void {
    const moreMs = (seconds - this.lifetimeSeconds) * 1000;
    if (moreMs <= 0) return;
    this.lifetimeSeconds = seconds;
    for (const [sessionId, until] of this.sessions) this.sessions.set(sessionId, until + moreMs);
    for (const user of this.users.values()) user.until += moreMs;
  }

  private forgetExpired(): void {
    const now = this.now();
    for (const [sessionId, until] of this.sessions) if (until <= now) this.sessions.delete(sessionId);
    for (const [userId, { until }] of this.users) if (until <= now) this.users.delete(userId);
  }

  private now(): number {
    return this.options.clock.now().getTime();
  }
}

function readRevocations(body: unknown): Revocations {
  const { cursor, tokenLifetimeSeconds, sessions, users } = (body ?? {}) as Partial<Revocations>;
  const isFeed =
    Number.isSafeInteger(cursor) &&
    Number.isSafeInteger(tokenLifetimeSeconds) &&
    Array.isArray(sessions) &&
    Object.values(users ?? [undefined]).every(Number.isSafeInteger);
  if (!isFeed) throw new TypeError('the response is not a revocation feed');
  return body as Revocations;
}
