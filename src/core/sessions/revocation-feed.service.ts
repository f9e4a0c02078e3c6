import { addSeconds, MAX_CLOCK_SKEW_SECONDS, type Clock } from '../../platform/clock.js';
import type { RevocationRepository } from './revocation.repository.js';

/** What has been revoked so recently that access tokens of it could still be in use. */
export interface Revocations {
  /** What a reader passes as `since` the next time, to be told the news only; epoch milliseconds, 0 when there are none. */
  readonly cursor: number;
  /** For how long a token can outlive what it belongs to, in seconds. */
  readonly tokenLifetimeSeconds: number;
  /** The ids of the sessions that were ended before their time: the `sid` claim. */
  readonly sessions: readonly string[];
  /** Users whose tokens are stale when their `iat` is before the epoch second. */
  readonly users: Readonly<Record<string, number>>;
}

export interface RevocationFeedDependencies {
  readonly revocationRepository: RevocationRepository;
  readonly clock: Clock;
  readonly tokenLifetimeSeconds: number;
}

/** A change may be seen this much later than it says, since it becomes visible when its transaction ends. */
const OVERLAP_SECONDS = 60;
/** Questions of the same ten seconds share an answer for one second: so often at the most is the database asked. */
const STEP_MS = 10_000;
const KEPT_MS = 1_000;
const MAX_KEPT = 32;

/** Tells verifiers in other subgraphs what has been revoked. */
export class RevocationFeedService {
  private readonly kept = new Map<number, { readonly at: number; readonly answer: Promise<Revocations> }>();

  constructor(private readonly deps: RevocationFeedDependencies) {}

  /** What was revoked since a cursor of an earlier answer; within the lifetime of one access token at the most. */
  async list(cursor = 0): Promise<Revocations> {
    const now = this.deps.clock.now();
    const oldest = addSeconds(now, -this.deps.tokenLifetimeSeconds - OVERLAP_SECONDS).getTime();
    const last = Math.min(cursor, now.getTime());
    const wanted = Math.floor((last - OVERLAP_SECONDS * 1000) / STEP_MS) * STEP_MS;
    const since = wanted > oldest ? wanted : 0;
    const known = this.kept.get(since);
    if (known && Math.abs(now.getTime() - known.at) < KEPT_MS) return known.answer;
    if (this.kept.size >= MAX_KEPT) this.kept.clear();
    const answer = this.read(new Date(Math.max(since, oldest)), now);
    this.kept.set(since, { at: now.getTime(), answer });
    // A failure is for those who wait for it, not for whoever comes next.
    answer.catch(() => this.kept.delete(since));
    return answer;
  }

  private async read(since: Date, now: Date): Promise<Revocations> {
    const { revocationRepository, tokenLifetimeSeconds } = this.deps;
    const { newest, sessions, users } = await revocationRepository.listSince(
      since,
      addSeconds(now, MAX_CLOCK_SKEW_SECONDS),
    );
    // A node whose clock is fast must not make readers pass over what is to come.
    return { cursor: Math.min(newest, now.getTime()), tokenLifetimeSeconds, sessions, users };
  }
}
