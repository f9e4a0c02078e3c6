import { setTimeout as delay } from 'node:timers/promises';

import type { Logger } from './logger.js';
import { EmbeddedPostgresError } from './embedded-postgres.error.js';
import type { PostgresServer } from './postgres-server.js';

const MAX_RESTARTS = 5;
const WINDOW_MINUTES = 10;
/** PostgreSQL cannot start without free disk space. */
const NO_SPACE = /No space left on device|Disk quota exceeded/;
const NO_SPACE_SECONDS = 1;

/**
 * Restarts a server that stops unexpectedly, up to a few times within a few minutes. If the disk is full, it keeps trying
 * until there is space.
 */
export class ServerSupervisor {
  readonly #restart: () => Promise<PostgresServer>;
  readonly #logger: Logger;
  readonly #failure = Promise.withResolvers<EmbeddedPostgresError>();
  readonly #stopping = new AbortController();
  #server: PostgresServer;
  #restarting: Promise<void> = Promise.resolve();
  #restarts: number[] = [];

  /** @param restart restarts the server on the same port */
  constructor(server: PostgresServer, restart: () => Promise<PostgresServer>, logger: Logger) {
    this.#server = server;
    this.#restart = restart;
    this.#logger = logger;
    this.#watch(server);
  }

  get pid(): number {
    return this.#server.pid;
  }

  /** Resolves when the server has ended and is not restarted. */
  get failure(): Promise<EmbeddedPostgresError> {
    return this.#failure.promise;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#restarting;
    await this.#server.stop();
  }

  #watch(server: PostgresServer): void {
    this.#server = server;
    void server.ended.then(() => {
      if (!this.#stopping.signal.aborted) this.#restarting = this.#revive();
    });
  }

  async #revive(): Promise<void> {
    let problem = `PostgreSQL said:\n${this.#server.output}`;
    let isReported = false;
    while (this.#mayRestart()) {
      const lacksSpace = NO_SPACE.test(problem);
      if (lacksSpace && !isReported) {
        this.#logger.error({ problem }, 'PostgreSQL has no disk space left; it starts again once there is space');
        isReported = true;
      }
      await this.#pause(lacksSpace);
      if (this.#stopping.signal.aborted) return;
      if (!lacksSpace) this.#restarts.push(performance.now());
      try {
        this.#watch(await this.#restart());
        this.#logger.warn({ pid: this.pid }, 'PostgreSQL is running again');
        return;
      } catch (error) {
        problem = error instanceof Error ? error.message : String(error);
        if (!NO_SPACE.test(problem)) this.#logger.error({ problem }, 'PostgreSQL could not be restarted');
      }
    }
    this.#failure.resolve(new EmbeddedPostgresError(`${GIVEN_UP} ${problem}`));
  }

  async #pause(lacksSpace: boolean): Promise<void> {
    const backOff = this.#restarts.length === 0 ? 0 : 2 ** (this.#restarts.length - 1);
    const seconds = lacksSpace ? NO_SPACE_SECONDS : backOff;
    await delay(seconds * 1000, undefined, { signal: this.#stopping.signal, ref: false }).catch(() => undefined);
  }

  #mayRestart(): boolean {
    const start = performance.now() - WINDOW_MINUTES * 60_000;
    this.#restarts = this.#restarts.filter((time) => time > start);
    return this.#restarts.length < MAX_RESTARTS;
  }
}

const GIVEN_UP =
  `The embedded PostgreSQL stopped unexpectedly, and the limit of ${String(MAX_RESTARTS)} restarts within ` +
  `${String(WINDOW_MINUTES)} minutes is reached.`;
