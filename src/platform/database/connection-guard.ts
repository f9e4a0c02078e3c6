import type { Socket } from 'node:net';
import type { Pool, PoolClient } from 'pg';
import type { Clock } from '../clock.js';
import { DatabaseUnavailableError } from './unavailable-error.js';
import { leavesConnectionUnknown, unavailabilityOf } from './database-failure.js';
import type { OutageLog } from './outage-log.js';

/** Longer than any transaction can take, even if every statement in it times out. */
const STUCK_MS = 120_000;

type Callback = (error: Error | undefined, value?: unknown) => void;

/**
 * Keeps a pool healthy. A connection in an unknown state is destroyed at once, which frees its slot even if its holder
 * never releases it: Kysely does not release the connection of a transaction that fails to begin or end.
 * @see https://github.com/kysely-org/kysely/issues/1990
 */
export class ConnectionGuard {
  private readonly heldSince = new Map<PoolClient, Date>();
  private readonly destroyed = new WeakSet<PoolClient>();
  private slots = 0;
  private isShut = false;

  constructor(
    private readonly clock: Clock,
    private readonly outages: OutageLog,
  ) {}

  watch(pool: Pool): void {
    this.slots = pool.options.max;
    const connect = pool.connect.bind(pool) as () => Promise<PoolClient>;
    const checkOut = async (): Promise<PoolClient> => {
      const { answers } = this.outages;
      if (this.isShut) throw this.refused(pool, new Error('the connections are closed'), answers);
      const client = await connect().catch((error: unknown) => {
        throw this.refused(pool, error as Error, answers);
      });
      this.hold(client);
      return client;
    };
    pool.connect = ((callback?: Callback) => {
      if (!callback) return checkOut();
      checkOut().then((client) => callback(undefined, client), callback);
      return undefined;
    }) as typeof pool.connect;
    pool.on('connect', (client) => this.watchStatements(client));
  }

  /** Whether every connection has been in use for so long that none will be released. */
  isExhausted(): boolean {
    // The pool is created lazily, with the first statement.
    if (this.heldSince.size === 0) return false;
    const limit = this.clock.now().getTime() - STUCK_MS;
    return this.heldSince.size >= this.slots && [...this.heldSince.values()].every((since) => since.getTime() < limit);
  }

  /** Destroys the connections in use and opens no more, so that the pool can close. */
  shut(): void {
    this.isShut = true;
    for (const client of this.heldSince.keys())
      this.destroy(client, new Error('the connection was in use for too long'));
  }

  private hold(client: PoolClient): void {
    const release = client.release.bind(client);
    const releaseOnce = (error?: Error | boolean): void => {
      if (!this.heldSince.delete(client)) return;
      client.off('error', releaseOnce);
      release(error);
    };
    client.release = releaseOnce;
    // A connection can also be lost between two statements.
    client.on('error', releaseOnce);
    this.heldSince.set(client, this.clock.now());
    // The pool may have been closed while this connection was being established.
    if (this.isShut) this.shut();
  }

  private watchStatements(client: PoolClient): void {
    const query = client.query.bind(client) as (...words: unknown[]) => unknown;
    const watched = (...words: unknown[]): unknown => {
      const { mark } = this.outages;
      const callback = words.at(-1);
      const failed = (error: Error): Error => this.failed(client, textOf(words[0]), error);
      if (typeof callback === 'function') {
        const settle = callback as Callback;
        return query(...words.slice(0, -1), (error: Error | undefined, result: unknown) => {
          if (!error) this.outages.succeeded(mark);
          settle(error && failed(error), result);
        });
      }
      const answer = query(...words);
      if (!(answer instanceof Promise)) return answer;
      return answer.then(
        (result: unknown) => {
          this.outages.succeeded(mark);
          return result;
        },
        (error: unknown) => {
          throw failed(error as Error);
        },
      );
    };
    client.query = watched as typeof client.query;
  }

  private failed(client: PoolClient, text: string, error: Error): Error {
    const reason = unavailabilityOf(error);
    // The holder may still send a ROLLBACK, whose failure says nothing about the database.
    const isNews = !this.destroyed.has(client);
    if (leavesConnectionUnknown(error, text)) this.destroy(client, error);
    if (reason === undefined) return error;
    const unavailable = new DatabaseUnavailableError(reason, error);
    if (isNews && !this.isShut) this.outages.failed(unavailable);
    return unavailable;
  }

  /** The error for a request that got no connection in time: either none was free, or none could be established. */
  private refused(pool: Pool, error: Error, answersBefore: number): Error {
    const isBusy = this.heldSince.size >= this.slots;
    const unavailable = new DatabaseUnavailableError(isBusy ? 'overloaded' : 'unreachable', error);
    // A late failure may arrive after the database has recovered.
    const isOver = !isBusy && this.outages.answers !== answersBefore;
    if (!pool.ending && !this.isShut && !isOver) this.outages.failed(unavailable);
    return unavailable;
  }

  /** Frees the slot without waiting for a server that may not respond. */
  private destroy(client: PoolClient, error: Error): void {
    this.destroyed.add(client);
    client.release(error);
    (client as unknown as { connection: { stream: Socket } }).connection.stream.destroy();
  }
}

function textOf(statement: unknown): string {
  if (typeof statement === 'string') return statement;
  const { text } = statement as { text?: unknown };
  return typeof text === 'string' ? text : '';
}
