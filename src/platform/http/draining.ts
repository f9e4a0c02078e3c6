import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply } from 'fastify';

/** How long requests that were already received may take once the server has stopped listening. */
const FINISH_MS = 7_000;
/** How long to wait for more data before all requests count as read, and the upper limit. */
const QUIET_MS = 25;
const QUIET_LIMIT_MS = 1_000;

/**
 * Shuts a server down without failing clients. Readiness fails first. Then the server stops listening,
 * answers the requests it has already received, and closes its connections.
 */
export class Draining {
  #begun = false;
  #arrivals = 0;
  #closeIdle: (() => void) | undefined;
  /** The open connections, each with its number of unanswered requests. */
  readonly #unanswered = new Map<Socket, number>();

  /** Whether load balancers should send requests elsewhere. */
  get begun(): boolean {
    return this.#begun;
  }

  /** Whether every request that has arrived is answered. */
  get isIdle(): boolean {
    return [...this.#unanswered.values()].every((count) => count === 0);
  }

  /** Fails the readiness check and keeps serving until load balancers have had time to notice. */
  async begin(graceSeconds: number): Promise<void> {
    this.#begun = true;
    await delay(graceSeconds * 1000);
  }

  /** Makes `app.close()` answer every request that has arrived. */
  attach(app: FastifyInstance): void {
    this.#follow(app.server);
    app.addHook('onSend', ({ raw }, reply, _payload, done) => {
      if (this.#begun) this.#closeAfterLast(raw.socket, reply);
      done();
    });
    app.addHook('preClose', async () => {
      this.#begun = true;
      if (app.server.listening) await this.#stop(app.server);
    });
  }

  /** If the connection has more requests, the last response closes it. Fastify lets the first one close it. */
  #closeAfterLast(socket: Socket, reply: FastifyReply): void {
    if ((this.#unanswered.get(socket) ?? 0) <= 1) void reply.header('connection', 'close');
    else reply.raw.removeHeader('connection');
  }

  #follow(server: Server): void {
    server.on('connection', (socket: Socket) => {
      this.#arrivals += 1;
      this.#unanswered.set(socket, 0);
      socket.once('close', () => this.#unanswered.delete(socket));
    });
    server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
      this.#arrivals += 1;
      this.#unanswered.set(socket, (this.#unanswered.get(socket) ?? 0) + 1);
      response.once('close', () => {
        if (this.#unanswered.has(socket)) this.#unanswered.set(socket, (this.#unanswered.get(socket) ?? 1) - 1);
        this.#closeIdle?.();
      });
    });
  }

  /** Fastify stops listening as soon as the returned promise is fulfilled. */
  async #stop(server: Server): Promise<void> {
    const closeIdle = server.closeIdleConnections.bind(server);
    // Fastify and Node.js would close idle connections at once, resetting those with an unread request.
    server.closeIdleConnections = () => undefined;
    setTimeout(() => {
      server.closeAllConnections();
    }, FINISH_MS).unref();
    // Closing the listener resets connections that the system has established but this process has not yet accepted.
    await this.#quiet();
    void this.#quiet().then(() => {
      this.#closeIdle = closeIdle;
      closeIdle();
      // Node.js does not consider a connection idle before its first request.
      for (const socket of this.#unanswered.keys()) if (socket.bytesRead === 0) socket.destroy();
    });
  }

  async #quiet(): Promise<void> {
    const limit = performance.now() + QUIET_LIMIT_MS;
    let seen: number;
    do {
      seen = this.#arrivals;
      await delay(QUIET_MS);
    } while (this.#arrivals !== seen && performance.now() < limit);
  }
}
