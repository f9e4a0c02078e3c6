import type { PoolClient } from 'pg';

/** Longer than any transaction can take, even if every statement in it times out. */
const STUCK_MS = 120_000;

/** The connections of a pool that are in use, in the order in which they were taken. */
export class HeldConnections {
  /** Returns the maximum number of connections. */
  slots = (): number => 0;
  /** When each was taken, in milliseconds of the monotonic clock: a step of the system clock must not change how long. */
  private readonly holds = new Map<PoolClient, number>();

  get count(): number {
    return this.holds.size;
  }

  get areAllTaken(): boolean {
    return this.holds.size >= this.slots();
  }

  add(client: PoolClient): void {
    this.holds.set(client, performance.now());
  }

  delete(client: PoolClient): boolean {
    return this.holds.delete(client);
  }

  /** The connections that have been in use since before this time. */
  before(time = Number.POSITIVE_INFINITY): PoolClient[] {
    return [...this.holds].flatMap(([client, at]) => (at < time ? [client] : []));
  }

  /** Whether any connection has been in use for at least this long. */
  hasOneFor(ms: number): boolean {
    const [oldest] = this.holds.values();
    return oldest !== undefined && performance.now() - oldest >= ms;
  }

  /** Whether every connection has been in use for so long that none will be released. */
  areAllStuck(): boolean {
    // The pool is created lazily, with the first statement.
    if (this.holds.size === 0 || !this.areAllTaken) return false;
    const limit = performance.now() - STUCK_MS;
    return [...this.holds.values()].every((at) => at < limit);
  }
}
