import type { RedisClient } from './redis-client.js';

/** How long a connection may take. A server may accept it and then never respond. */
const CONNECT_MS = 5_000;

/** A connection to Redis that can be replaced. Its client connects in the background, until it succeeds. */
export class RedisConnection {
  client: RedisClient;
  private openedAt = performance.now();
  private isClosed = false;

  /** @param create creates a client that has not connected yet */
  constructor(private readonly create: () => RedisClient) {
    this.client = this.open();
  }

  /** Reconnects: the address may lead to another server by now. Gives a connection that is being established some time. */
  renew(): void {
    if (this.isClosed || (!this.client.isReady && performance.now() - this.openedAt < CONNECT_MS)) return;
    this.client.destroy();
    this.client = this.open();
  }

  close(): void {
    this.isClosed = true;
    this.client.destroy();
  }

  private open(): RedisClient {
    this.openedAt = performance.now();
    const client = this.create();
    // A client that is destroyed while it connects may connect all the same.
    client.once('connect', () => {
      if (this.isClosed || this.client !== client) client.destroy();
    });
    void client.connect().catch(() => undefined);
    return client;
  }
}
