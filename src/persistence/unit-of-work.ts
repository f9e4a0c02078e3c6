import type { EntityManager } from '@mikro-orm/postgresql';

/**
 * PostgreSQL rolled the transaction back for the sake of others: a deadlock, or a serialization failure.
 * @see PostgreSQL, appendix A: error codes
 */
const ROLLED_BACK = new Set(['40P01', '40001']);
const MAX_TRIES = 5;

/** One request's transactions. Repositories on the same EntityManager join the one that is open. */
export class UnitOfWork {
  constructor(private readonly em: EntityManager) {}

  /**
   * Runs the work in one transaction: all of it is written, or nothing. Never hash a password in here. Work that
   * PostgreSQL rolled back for the sake of others has written nothing and runs again on another connection, so it must
   * only write. A transaction is never repeated if the connection is lost: its COMMIT may have taken effect.
   */
  async transaction<T>(work: () => Promise<T>): Promise<T> {
    // Work inside a transaction is part of it, and only the whole is repeated.
    const maxTries = this.em.isInTransaction() ? 1 : MAX_TRIES;
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.em.transactional(work);
      } catch (error) {
        if (tries === maxTries || !wasRolledBack(error)) throw error;
      }
    }
  }
}

function wasRolledBack(error: unknown): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && ROLLED_BACK.has(error.code);
}
