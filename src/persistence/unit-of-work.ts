import type { EntityManager } from '@mikro-orm/postgresql';

/** One request's transactions. Repositories on the same EntityManager join the one that is open. */
export class UnitOfWork {
  constructor(private readonly em: EntityManager) {}

  /** Runs the work in one transaction: all of it is written, or nothing. Never hash a password in here. */
  async transaction<T>(work: () => Promise<T>): Promise<T> {
    return this.em.transactional(work);
  }
}
