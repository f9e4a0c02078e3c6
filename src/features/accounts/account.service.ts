import { readAccountName } from '../../core/users/account-name.js';
import { UnknownAccountError } from '../../core/users/unknown-account.error.js';
import type { Clock } from '../../platform/clock.js';
import type { Account } from './account.js';
import type { AccountChangeService } from './account-change.service.js';
import type { AccountRepository } from './account.repository.js';

export interface AccountDependencies {
  readonly accountRepository: AccountRepository;
  readonly accountChanges: AccountChangeService;
  readonly clock: Clock;
}

/** Shows and changes accounts by their address or id, as the command line does. */
export class AccountService {
  constructor(private readonly deps: AccountDependencies) {}

  /**
   * Returns the account with an address or id, active or not.
   * @throws InvalidInputError there is none
   */
  async find(name: string): Promise<Account> {
    const { accountRepository, clock } = this.deps;
    const wanted = readAccountName(name);
    const account = wanted && (await accountRepository.find(wanted, clock.now()));
    if (!account) throw new UnknownAccountError('user');
    return account;
  }

  /**
   * Marks the address of an account as verified. Returns whether it was not.
   * @throws InvalidInputError there is no such account
   */
  async verifyEmail(name: string): Promise<boolean> {
    const { id, email } = await this.find(name);
    return (await this.deps.accountChanges.verifyEmail(id, email)).changed;
  }

  /**
   * Deactivates an account, and ends all its sessions, access tokens and links. Returns whether it was active.
   * @throws InvalidInputError there is no such account, or the reason is longer than 500 characters
   */
  async deactivate(name: string, reason: string | null = null): Promise<boolean> {
    const { id } = await this.find(name);
    return (await this.deps.accountChanges.deactivate(id, reason)).changed;
  }

  /**
   * Opens an account again that was deactivated, or closed and not erased yet. Returns whether it was not open.
   * @throws InvalidInputError there is no such account, or it can no longer be restored
   */
  async reactivate(name: string): Promise<boolean> {
    const { id } = await this.find(name);
    return (await this.deps.accountChanges.reactivate(id)).changed;
  }
}
