import type { UnitOfWork } from '../../platform/database/unit-of-work.js';
import type { UserRepository } from '../users/user.repository.js';
import { accountsOf, type ManagedAccount } from './change-outcome.js';

export interface AccountLocks {
  readonly unitOfWork: UnitOfWork;
  readonly userRepository: UserRepository;
}

/**
 * Runs a change of an account in a transaction that has locked it. A single statement would lock the row as well, but would
 * miss the sessions, links and registrations that are stored while it waits.
 */
export async function changeLocked<T>(
  { unitOfWork, userRepository }: AccountLocks,
  account: ManagedAccount,
  change: () => Promise<T>,
): Promise<T> {
  return unitOfWork.transaction(async () => {
    await userRepository.lock(...accountsOf(account));
    return change();
  });
}
