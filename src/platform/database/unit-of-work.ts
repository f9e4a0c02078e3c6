import { IsolationLevel, type EntityManager } from '@mikro-orm/postgresql';
import { hasCode } from './error-code.js';
import { SERIALIZATION_FAILURE } from './serialization-retry.js';

/** PostgreSQL aborted the transaction to resolve a deadlock. @see PostgreSQL, appendix A: error codes */
const DEADLOCK_DETECTED = '40P01';
const MAX_TRIES = 5;

/** The transactions of one request. Repositories on the same EntityManager join the open one. */
export class UnitOfWork {
  constructor(private readonly em: EntityManager) {}

  /**
   * Runs the work in one transaction: either everything is written or nothing. Never hash a password in here. Work that
   * PostgreSQL rolled back because of a deadlock runs again on another connection, so it must have no effects other
   * than writes. A transaction is never repeated if the connection is lost: its COMMIT may have succeeded. The
   * isolation level is explicit, because behind a pooler a server connection may have any default.
   */
  async transaction<T>(work: () => Promise<T>): Promise<T> {
    // Work inside a transaction is part of it, and only the whole is repeated.
    const maxTries = this.em.isInTransaction() ? 1 : MAX_TRIES;
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.em.transactional(work, { isolationLevel: IsolationLevel.READ_COMMITTED });
      } catch (error) {
        if (tries === maxTries || !hasCode(error, DEADLOCK_DETECTED, SERIALIZATION_FAILURE)) throw error;
      }
    }
  }
}
