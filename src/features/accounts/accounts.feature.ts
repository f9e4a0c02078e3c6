import type { Core } from '../../core/composition/core.js';
import type { Feature } from '../../core/composition/feature.js';
import { UserDeactivated, UserReactivated } from './account.events.js';
import { AccountChangeRepository } from './account-change.repository.js';
import { AccountChangeResolver } from './account-change.resolver.js';
import { AccountChangeService } from './account-change.service.js';
import { AccountRepository } from './account.repository.js';
import { AccountService } from './account.service.js';
import { deactivateUserCommand, reactivateUserCommand, verifyUserCommand } from './change-account.commands.js';
import { RecordDetailsRepository } from './record-details.repository.js';
import { RecordDetailsResolver } from './record-details.resolver.js';
import { showUserCommand } from './show-accounts.commands.js';
import { UserRecordRepository } from './user-record.repository.js';
import { UserRecordResolver } from './user-record.resolver.js';
import { UserRecordService } from './user-record.service.js';

export interface AccountServices {
  /** Shows and changes accounts by their address or id, as the command line does. */
  readonly accounts: AccountService;
  /** Shows users to an operator whose rights are checked. */
  readonly userRecords: UserRecordService;
  /** Changes accounts of any user by their id, for operators. */
  readonly accountChanges: AccountChangeService;
}

/** Accounts as operators see and change them. */
export const accounts = {
  name: 'accounts',
  events: { UserDeactivated, UserReactivated },
  managementResolvers: [
    { type: UserRecordResolver, create: ({ userRecords }: AccountServices) => new UserRecordResolver(userRecords) },
    {
      type: RecordDetailsResolver,
      create: ({ userRecords }: AccountServices) => new RecordDetailsResolver(userRecords),
    },
    {
      type: AccountChangeResolver,
      create: ({ accountChanges }: AccountServices) => new AccountChangeResolver(accountChanges),
    },
  ],
  services: (core: Core): AccountServices => {
    const accountChanges = new AccountChangeService({
      ...core,
      accountChangeRepository: new AccountChangeRepository(core.em),
    });
    const accountRepository = new AccountRepository(core.em);
    return {
      accountChanges,
      accounts: new AccountService({ ...core, accountChanges, accountRepository }),
      userRecords: new UserRecordService({
        clock: core.clock,
        userRecordRepository: new UserRecordRepository(core.em),
        recordDetailsRepository: new RecordDetailsRepository(core.em),
      }),
    };
  },
  commands: [showUserCommand, verifyUserCommand, deactivateUserCommand, reactivateUserCommand],
} satisfies Feature;
