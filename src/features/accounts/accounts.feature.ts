import type { Core } from '../../core/composition/core.js';
import type { Feature } from '../../core/composition/feature.js';
import { UserDeactivated, UserReactivated } from './account.events.js';
import { AccountRepository } from './account.repository.js';
import { AccountService } from './account.service.js';
import { deactivateUserCommand, reactivateUserCommand, verifyUserCommand } from './change-account.commands.js';
import { RecordDetailsRepository } from './record-details.repository.js';
import { RecordDetailsResolver } from './record-details.resolver.js';
import { listUsersCommand, showUserCommand } from './show-accounts.commands.js';
import { UserRecordRepository } from './user-record.repository.js';
import { UserRecordResolver } from './user-record.resolver.js';
import { UserRecordService } from './user-record.service.js';

export interface AccountServices {
  /** Shows and changes accounts of any user, for operators. */
  readonly accounts: AccountService;
  /** Shows users to an operator whose rights are checked. */
  readonly userRecords: UserRecordService;
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
  ],
  services: (core: Core): AccountServices => ({
    accounts: new AccountService({ ...core, accountRepository: new AccountRepository(core.em) }),
    userRecords: new UserRecordService({
      clock: core.clock,
      userRecordRepository: new UserRecordRepository(core.em),
      recordDetailsRepository: new RecordDetailsRepository(core.em),
    }),
  }),
  commands: [showUserCommand, listUsersCommand, verifyUserCommand, deactivateUserCommand, reactivateUserCommand],
} satisfies Feature;
