import { HttpConnection } from '../bench/load/http-connection.js';
import type { Reply } from '../bench/load/http-response.js';
import { inRing } from '../bench/load/ring.js';

/** A request that got no response. */
export class NoResponse extends Error {
  constructor(
    readonly reason: 'connection refused' | 'connection lost',
    /** Whether the request may have been processed. */
    readonly mayHaveHappened: boolean,
  ) {
    super(reason);
  }
}

/** After this many requests on one connection, the next one goes to another process. */
const REQUESTS_PER_CONNECTION = 20;

/**
 * Sends the requests of one client to the processes of the service. Like a load balancer, it spreads them, and changes the
 * process after a failure.
 */
export class Route {
  #connection: HttpConnection | undefined;
  #requests = 0;

  constructor(
    private readonly urls: readonly string[],
    private at: number,
  ) {}

  /** The address that gets the next request. */
  get url(): string {
    return inRing(this.urls, this.at);
  }

  /** @throws NoResponse */
  async send(request: Buffer): Promise<Reply> {
    if (this.#requests >= REQUESTS_PER_CONNECTION) this.#leave();
    const connection = await this.#open();
    this.#requests += 1;
    try {
      return await connection.send(request);
    } catch {
      this.#leave();
      throw new NoResponse('connection lost', true);
    }
  }

  close(): void {
    this.#connection?.close();
  }

  async #open(): Promise<HttpConnection> {
    if (this.#connection?.isOpen === true) return this.#connection;
    try {
      this.#connection = await HttpConnection.open(this.url);
      return this.#connection;
    } catch {
      this.#leave();
      throw new NoResponse('connection refused', false);
    }
  }

  #leave(): void {
    this.#connection?.close();
    this.#connection = undefined;
    this.#requests = 0;
    this.at += 1;
  }
}
