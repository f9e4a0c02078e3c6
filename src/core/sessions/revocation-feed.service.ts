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

interface Reading {
  readonly answer: Promise<Revocations>;
  settledAt?: number;
}

/**
 * Lists recent revocations for verifiers in other subgraphs. There is one query at a time, since after a large revocation
 * it takes seconds: callers that arrive meanwhile share it or the one after it.
 */
export class RevocationFeedService {
  private readonly kept = new Map<number, Reading>();
  private running: Promise<void> | undefined;
  private next: { since: number; readonly answer: Promise<Revocations> } | undefined;

  constructor(private readonly deps: RevocationFeedDependencies) {}

  /** Lists revocations since the cursor of an earlier response, at most those of the last access token lifetime. */
  async list(cursor = 0): Promise<Revocations> {
    const now = this.deps.clock.now();
    const last = Math.min(cursor, now.getTime());
    const wanted = Math.floor((last - OVERLAP_SECONDS * 1000) / STEP_MS) * STEP_MS;
    for (const [since, { settledAt }] of this.kept)
      if (settledAt !== undefined && Math.abs(now.getTime() - settledAt) >= KEPT_MS) this.kept.delete(since);
    // If callers ask for too many starting points, the others share the response that has everything.
    const isKept = this.kept.has(wanted) || this.kept.size < MAX_KEPT;
    const since = wanted > this.oldest(now) && isKept ? wanted : 0;
    return this.kept.get(since)?.answer ?? this.inTurn(since);
  }

  /** The callers that wait for a running query share one response, from the earliest of their starting points. */
  private inTurn(since: number): Promise<Revocations> {
    if (!this.next && !this.running) return this.start(since);
    this.next ??= { since, answer: (this.running ?? Promise.resolve()).then(() => this.startNext()) };
    this.next.since = Math.min(this.next.since, since);
    return this.next.answer;
  }

  private startNext(): Promise<Revocations> {
    const since = this.next?.since ?? 0;
    this.next = undefined;
    return this.start(since);
  }

  private start(since: number): Promise<Revocations> {
    const reading: Reading = { answer: this.read(since) };
    this.kept.set(since, reading);
    this.running = reading.answer.then(
      () => {
        this.running = undefined;
        reading.settledAt = this.deps.clock.now().getTime();
      },
      () => {
        this.running = undefined;
        // A failure is returned only to the callers that are waiting, not to the next one.
        this.kept.delete(since);
      },
    );
    return reading.answer;
  }

  private oldest(now: Date): number {
    return addSeconds(now, -this.deps.tokenLifetimeSeconds - OVERLAP_SECONDS).getTime();
  }

  private async read(since: number): Promise<Revocations> {
    const { clock, revocationRepository, tokenLifetimeSeconds } = this.deps;
    const now = clock.now();
    const { newest, sessions, users } = await revocationRepository.listSince(
      new Date(Math.max(since, this.oldest(now))),
      addSeconds(now, MAX_CLOCK_SKEW_SECONDS),
    );
    // A node with a fast clock must not make readers skip later revocations.
    return { cursor: Math.min(newest, now.getTime()), tokenLifetimeSeconds, sessions, users };
  }
}
