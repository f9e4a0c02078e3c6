import { toEpochSeconds, type Clock } from '../kernel/clock.js';
import type { Logger } from '../kernel/logger.js';
import type { AccessTokenClaims } from '../tokens/access-token.js';
import { fetchJson, type Fetch } from './fetch-json.js';

export interface RevocationListOptions {
  readonly uri: string;
  readonly everySeconds: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly fetch: Fetch;
}

/** What the feed of an auth service says. */
interface Revocations {
  /** Where the next question goes on. */
  readonly cursor: number;
  /** For how long a token can outlive its session. */
  readonly tokenLifetimeSeconds: number;
  readonly sessions: readonly string[];
  /** Tokens of a user that were issued before this epoch second are stale. */
  readonly users: Readonly<Record<string, number>>;
}

/** What has been revoked so recently that its access tokens could still be in use, as the auth service's feed tells. */
export class RevocationList {
  private readonly sessions = new Map<string, number>();
  private readonly users = new Map<string, { notBefore: number; until: number }>();
  private readonly timer: NodeJS.Timeout;
  private cursor = 0;
  private tag: string | undefined;
  private underWay: Promise<void> | undefined;
  /** Resolves when the feed has been asked for the first time, whatever it answered. */
  readonly ready: Promise<void>;

  constructor(private readonly options: RevocationListOptions) {
    this.ready = this.poll();
    this.timer = setInterval(() => void this.poll(), options.everySeconds * 1000).unref();
  }

  /** Why a token is not good any more, in the words of a rejection; undefined when it is. */
  reasonAgainst({ sessionId, userId, issuedAt }: AccessTokenClaims): 'SESSION_ENDED' | 'TOKEN_EXPIRED' | undefined {
    if (this.sessions.has(sessionId)) return 'SESSION_ENDED';
    // The session goes on, so a refresh helps.
    return toEpochSeconds(issuedAt) < (this.users.get(userId)?.notBefore ?? 0) ? 'TOKEN_EXPIRED' : undefined;
  }

  close(): void {
    clearInterval(this.timer);
  }

  private poll(): Promise<void> {
    this.underWay ??= this.fetchRevocations().finally(() => (this.underWay = undefined));
    return this.underWay;
  }

  private async fetchRevocations(): Promise<void> {
    const { fetch, logger, uri } = this.options;
    try {
      const { body, tag } = await fetchJson(fetch, `${uri}?since=${String(this.cursor)}`, this.tag);
      if (body !== undefined) this.take(body as Revocations, tag);
      this.forgetExpired();
    } catch (error) {
      const problem = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      logger.warn({ uri, problem }, 'the revocations could not be fetched');
    }
  }

  private take({ cursor, sessions, users, tokenLifetimeSeconds }: Revocations, tag: string | undefined): void {
    const until = this.now() + tokenLifetimeSeconds * 1000;
    for (const sessionId of sessions) this.sessions.set(sessionId, this.sessions.get(sessionId) ?? until);
    for (const [userId, notBefore] of Object.entries(users)) this.users.set(userId, { notBefore, until });
    // A tag stands for the answer to one question.
    this.tag = cursor > this.cursor ? undefined : tag;
    this.cursor = Math.max(cursor, this.cursor);
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
