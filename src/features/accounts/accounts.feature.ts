import type { Core } from '../../core/composition/core.js';
import type { Feature } from '../../core/composition/feature.js';
import { UserDeactivated, UserReactivated } from './account.events.js';
import { AccountRepository } from './account.repository.js';
import { AccountService } from './account.service.js';
import { deactivateUserCommand, reactivateUserCommand, verifyUserCommand } from './change-account.commands.js';
import { listUsersCommand, showUserCommand } from './show-accounts.commands.js';

export interface AccountServices {
  /** Shows and changes accounts of any user, for operators. */
  readonly accounts: AccountService;
}

/** Accounts as operators see and change them. */
export const accounts = {
  name: 'accounts',
  events: { UserDeactivated, UserReactivated },
  services: (core: Core): AccountServices => ({
    accounts: new AccountService({ ...core, accountRepository: core.observed(new AccountRepository(core.em)) }),
  }),
  commands: [showUserCommand, listUsersCommand, verifyUserCommand, deactivateUserCommand, reactivateUserCommand],
} satisfies Feature;
