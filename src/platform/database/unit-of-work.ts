import { IsolationLevel, type EntityManager } from '@mikro-orm/postgresql';
import { repeatLostRaces } from './lost-races.js';

/** The transactions of one request. Repositories on the same EntityManager join the open one. */
export class UnitOfWork {
  constructor(private readonly em: EntityManager) {}

  /** Whether a transaction is open. */
  get isInTransaction(): boolean {
    return this.em.isInTransaction();
  }

  /**
   * Runs the work in one transaction: either everything is written or nothing. Never hash a password in here. Work that
   * PostgreSQL rolled back because of another transaction runs again, so it must have no effects other than writes. A
   * transaction is never repeated if the connection is lost: its COMMIT may have succeeded. The isolation level is
   * explicit, because behind a pooler a server connection may have any default.
   */
  async transaction<T>(work: () => Promise<T>): Promise<T> {
    const run = (): Promise<T> => this.em.transactional(work, { isolationLevel: IsolationLevel.READ_COMMITTED });
    // Work inside a transaction is part of it, and only the whole is repeated.
    return this.isInTransaction ? run() : repeatLostRaces(run);
  }

  /** Runs reads that see the database as of one instant, however long they take. */
  async snapshot<T>(work: () => Promise<T>): Promise<T> {
    return this.em.transactional(work, { isolationLevel: IsolationLevel.REPEATABLE_READ, readOnly: true });
  }
}
