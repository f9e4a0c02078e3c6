import type { Pool, PoolClient } from 'pg';
import type { BreakerMember, CircuitBreaker } from './circuit-breaker.js';
import { discard, probeDatabase } from './connection-probe.js';
import { isReadOnlyFailure, leavesConnectionUnknown, unavailabilityOf } from './database-failure.js';
import { HeldConnections } from './held-connections.js';
import type { OutageLog } from './outage-log.js';
import { PoolSize } from './pool-size.js';
import { watchStatements, type StatementOutcome } from './statement-watch.js';
import { DatabaseUnavailableError } from './unavailable-error.js';
import { WaitingRequests } from './waiting-requests.js';

/** How long a request waits while every connection is in use. */
const MAX_WAIT_MS = 2_000;
/** If no statement gets a response for this long, the database is probed. */
const STALL_MS = 2_000;
const CHECK_INTERVAL_MS = 500;
/** Time for statements from before an outage to end, if the database still executes them. */
const REVIVAL_MS = 500;

type Callback = (error: Error | undefined, value?: unknown) => void;

/**
 * Keeps a pool healthy. A connection in an unknown state is destroyed at once, which frees its slot even if its holder
 * never releases it: Kysely does not release the connection of a transaction that fails to begin or end.
 * @see https://github.com/kysely-org/kysely/issues/1990
 */
export class ConnectionGuard implements BreakerMember {
  private readonly held = new HeldConnections();
  private readonly destroyed = new WeakSet<PoolClient>();
  private readonly openedAt = new WeakMap<PoolClient, number>();
  private renewedAt = Number.NEGATIVE_INFINITY;
  private pool: Pool | undefined;
  private connect: () => Promise<PoolClient> = () => Promise.reject(new Error('there is no pool'));
  private waiting = new WaitingRequests(1);
  private checking: NodeJS.Timeout | undefined;
  private lastAnswer = { count: 0, at: 0 };
  private ended: Promise<void> | undefined;
  private isClosing = false;
  private isShut = false;

  constructor(
    private readonly outages: OutageLog,
    private readonly breaker: CircuitBreaker,
    /** Called when the server refuses a write: it is not the primary. */
    private readonly renewAll = () => breaker.renew(),
  ) {}

  watch(pool: Pool): void {
    this.pool = pool;
    const size = new PoolSize(pool, this.outages);
    this.held.slots = () => size.current;
    this.waiting = new WaitingRequests(pool.options.max);
    const connect = pool.connect.bind(pool) as () => Promise<PoolClient>;
    this.connect = () => size.connectWith(connect, () => this.held.count + pool.idleCount);
    this.breaker.join(this, (timeoutMs) => probeDatabase(pool, connect, timeoutMs));
    pool.connect = ((callback?: Callback) => {
      if (!callback) return this.checkOut(pool);
      this.checkOut(pool).then((client) => callback(undefined, client), callback);
      return undefined;
    }) as typeof pool.connect;
    pool.on('connect', (client) => {
      this.openedAt.set(client, performance.now());
      watchStatements(client, (text) => this.begin(client, text));
    });
  }

  /** How full the queue for connections is, from 0 to 1. */
  get level(): number {
    return this.waiting.level;
  }

  /** Whether every connection has been in use for so long that none will be released. */
  isExhausted(): boolean {
    return this.held.areAllStuck();
  }

  hasConnections(): boolean {
    return (this.pool?.totalCount ?? 0) > 0;
  }

  opened(error: DatabaseUnavailableError): void {
    this.waiting.refuse(error);
  }

  renew(): void {
    const before = performance.now();
    this.renewedAt = before;
    for (let count = this.pool?.idleCount ?? 0; count > 0; count -= 1)
      this.connect().then(
        (client) => client.release(true),
        () => undefined,
      );
    setTimeout(() => {
      for (const client of this.held.before(before)) this.destroy(client, new Error('the connection was lost'));
    }, REVIVAL_MS).unref();
  }

  /** Refuses requests for a connection from now on, and waits until those in use are released. */
  async close(): Promise<void> {
    this.isClosing = true;
    this.ended ??= this.pool?.end();
    this.waiting.refuse(new Error('the connections are closed'));
    await this.ended;
  }

  /** Destroys the connections in use and opens no more, so that the pool can close. */
  shut(): void {
    this.isShut = true;
    for (const client of this.held.before()) this.destroy(client, new Error('the connection was in use for too long'));
  }

  private async checkOut(pool: Pool): Promise<PoolClient> {
    const { answers } = this.outages;
    if (this.isClosing || this.isShut) throw this.refused(pool, new Error('the connections are closed'), answers);
    this.breaker.pass();
    this.check();
    const client = await this.waiting.wait(this.connect).catch((error: unknown) => {
      throw this.refused(pool, error as Error, answers);
    });
    this.hold(client);
    return client;
  }

  private hold(client: PoolClient): void {
    const release = client.release.bind(client);
    const releaseOnce = (error?: Error | boolean): void => {
      if (!this.held.delete(client)) return;
      client.off('error', releaseOnce);
      release(error ?? this.isOutdated(client));
    };
    client.release = releaseOnce;
    // A connection can also be lost between two statements.
    client.on('error', releaseOnce);
    this.held.add(client);
    // The pool may have been closed while this connection was being established.
    if (this.isShut) this.shut();
  }

  private isOutdated(client: PoolClient): boolean {
    return (this.openedAt.get(client) ?? 0) < this.renewedAt;
  }

  /** Checks the connections at intervals while any is in use or requested. */
  private check(): void {
    if (this.checking) return;
    this.lastAnswer = { count: this.outages.answers, at: performance.now() };
    this.checking = setInterval(() => this.checkNow(), CHECK_INTERVAL_MS).unref();
  }

  private checkNow(): void {
    const { answers } = this.outages;
    const now = performance.now();
    if (answers !== this.lastAnswer.count) this.lastAnswer = { count: answers, at: now };
    if (this.held.areAllTaken) this.waiting.refuse(new Error('every connection is in use'), MAX_WAIT_MS);
    // A database that is silent from the start leaves no connection to hold.
    const isAwaited = this.held.hasOneFor(STALL_MS) || this.waiting.hasOneFor(STALL_MS);
    if (isAwaited && now - this.lastAnswer.at >= STALL_MS) this.breaker.suspect();
    if (this.held.count > 0 || this.waiting.level > 0) return;
    clearInterval(this.checking);
    this.checking = undefined;
  }

  private begin(client: PoolClient, text: string): StatementOutcome {
    const { mark } = this.outages;
    return {
      succeeded: () => this.outages.succeeded(mark),
      failed: (error) => this.failed(client, text, error),
    };
  }

  private failed(client: PoolClient, text: string, error: Error): Error {
    const reason = unavailabilityOf(error, text);
    // The holder may still send a ROLLBACK, whose failure says nothing about the database.
    const isNews = !this.destroyed.has(client);
    if (leavesConnectionUnknown(error, text)) this.destroy(client, error);
    if (isReadOnlyFailure(error) && !this.isOutdated(client)) this.renewAll();
    if (reason === undefined) return error;
    const unavailable = new DatabaseUnavailableError(reason, error);
    if (isNews && !this.isShut) this.outages.failed(unavailable);
    return unavailable;
  }

  /** The error for a request that got no connection in time: either none was free, or none could be established. */
  private refused(pool: Pool, error: Error, answersBefore: number): Error {
    // The breaker has refused the request, and has reported why.
    if (error instanceof DatabaseUnavailableError) return error;
    const isBusy = this.held.areAllTaken;
    const unavailable = new DatabaseUnavailableError(
      isBusy ? 'overloaded' : (unavailabilityOf(error) ?? 'unreachable'),
      error,
    );
    // A late failure may arrive after the database has recovered.
    const isOver = !isBusy && this.outages.answers !== answersBefore;
    if (this.isClosing || this.isShut || isOver) return unavailable;
    this.outages.failed(unavailable);
    if (!isBusy) this.breaker.suspect();
    return unavailable;
  }

  /** Frees the slot without waiting for a server that may not respond. */
  private destroy(client: PoolClient, error: Error): void {
    this.destroyed.add(client);
    discard(client, error);
  }
}
