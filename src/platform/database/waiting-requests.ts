import type { PoolClient } from 'pg';

/** Further requests would wait for too long. Lookups of one turn of the event loop count as one. */
const MAX_WAITING_PER_CONNECTION = 100;

interface Waiting {
  readonly since: number;
  readonly reject: (error: unknown) => void;
}

/** The requests that wait for a connection. Their number is limited. */
export class WaitingRequests {
  private readonly waiting = new Set<Waiting>();

  constructor(private readonly connections: number) {}

  /** How full the queue is, from 0 to 1. */
  get level(): number {
    return this.waiting.size / (this.connections * MAX_WAITING_PER_CONNECTION);
  }

  /** Whether any request has been waiting for at least this long. */
  hasOneFor(ms: number): boolean {
    const [oldest] = this.waiting;
    return oldest !== undefined && performance.now() - oldest.since >= ms;
  }

  /**
   * Waits for a connection. If the request is refused in the meantime, the connection goes back to the pool.
   * @throws Error too many requests are waiting already
   */
  async wait(connect: () => Promise<PoolClient>): Promise<PoolClient> {
    if (this.level >= 1) throw new Error('too many requests are waiting for a connection');
    const { promise, resolve, reject } = Promise.withResolvers<PoolClient>();
    const request = { since: performance.now(), reject };
    this.waiting.add(request);
    connect().then(
      (client) => {
        if (this.waiting.delete(request)) resolve(client);
        else client.release();
      },
      (error: unknown) => {
        this.waiting.delete(request);
        reject(error);
      },
    );
    return promise;
  }

  /** Refuses the requests that have been waiting for at least this long. */
  refuse(error: Error, minimumMs = 0): void {
    const latest = performance.now() - minimumMs;
    for (const request of this.waiting) {
      if (request.since > latest) return;
      this.waiting.delete(request);
      request.reject(error);
    }
  }
}
