import { addSeconds, MAX_CLOCK_SKEW_SECONDS, type Clock } from '../../platform/clock.js';
import type { RevocationRepository } from './revocation.repository.js';

/** Revocations that are so recent that the access tokens may not have expired yet. */
export interface Revocations {
  /** Pass it as `since` next time to get only newer revocations. Epoch milliseconds; 0 if there are none. */
  readonly cursor: number;
  /** How long an access token can stay valid after a revocation, in seconds. */
  readonly tokenLifetimeSeconds: number;
  /** The ids of revoked sessions: the `sid` claim. */
  readonly sessions: readonly string[];
  /** For each user and service account, the epoch second before which tokens (`iat`) are stale. */
  readonly users: Readonly<Record<string, number>>;
}

export interface RevocationFeedDependencies {
  readonly revocationRepository: RevocationRepository;
  readonly clock: Clock;
  readonly tokenLifetimeSeconds: number;
}

/** A change becomes visible when its transaction ends, and its timestamp may be from a clock that is behind. */
const OVERLAP_SECONDS = MAX_CLOCK_SKEW_SECONDS + 15;
/** Cursors of the same ten seconds share a result for one second, which limits the number of queries. */
const STEP_MS = 10_000;
const KEPT_MS = 1_000;
const MAX_KEPT = 32;

/** Lists recent revocations for verifiers in other subgraphs. */
export class RevocationFeedService {
  private readonly kept = new Map<number, { readonly at: number; readonly answer: Promise<Revocations> }>();

  constructor(private readonly deps: RevocationFeedDependencies) {}

  /** Lists revocations since the cursor of an earlier response, at most those of the last access token lifetime. */
  async list(cursor = 0): Promise<Revocations> {
    const now = this.deps.clock.now();
    const oldest = addSeconds(now, -this.deps.tokenLifetimeSeconds - OVERLAP_SECONDS).getTime();
    const last = Math.min(cursor, now.getTime());
    const wanted = Math.floor((last - OVERLAP_SECONDS * 1000) / STEP_MS) * STEP_MS;
    for (const [since, { at }] of this.kept) if (Math.abs(now.getTime() - at) >= KEPT_MS) this.kept.delete(since);
    // If callers ask for too many starting points, the others share the response that has everything.
    const isKept = this.kept.has(wanted) || this.kept.size < MAX_KEPT;
    const since = wanted > oldest && isKept ? wanted : 0;
    const known = this.kept.get(since);
    if (known) return known.answer;
    const answer = this.read(new Date(Math.max(since, oldest)), now);
    this.kept.set(since, { at: now.getTime(), answer });
    // A failure is returned only to the callers that are waiting, not to the next one.
    answer.catch(() => this.kept.delete(since));
    return answer;
  }

  private async read(since: Date, now: Date): Promise<Revocations> {
    const { revocationRepository, tokenLifetimeSeconds } = this.deps;
    const { newest, sessions, users } = await revocationRepository.listSince(
      since,
      addSeconds(now, MAX_CLOCK_SKEW_SECONDS),
    );
    // A node with a fast clock must not make readers skip later revocations.
    return { cursor: Math.min(newest, now.getTime()), tokenLifetimeSeconds, sessions, users };
  }
}
