import type { Core } from '../../core/composition/core.js';
import type { Feature } from '../../core/composition/feature.js';
import { DeliveryErasureRepository } from '../../core/events/delivery-erasure.repository.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { accountClosedEmail } from './account-closing.emails.js';
import { AccountClosed, UserErased } from './account-closing.events.js';
import { accountClosingOptions, type AccountClosingConfig } from './account-closing.options.js';
import { AccountClosingRepository } from './account-closing.repository.js';
import { AccountClosingResolver } from './account-closing.resolver.js';
import { AccountClosingService } from './account-closing.service.js';
import { deleteUserCommand } from './delete-user.command.js';
import { ErasureRepository } from './erasure.repository.js';
import { ErasureService } from './erasure.service.js';

export interface AccountClosingServices {
  /** Closes accounts, which are erased later. */
  readonly accountClosing: AccountClosingService;
}

/** Closes accounts, and erases them after a grace period in which they can be restored. */
export const accountClosing = {
  name: 'account-closing',
  options: accountClosingOptions,
  events: { AccountClosed, UserErased },
  emails: [accountClosedEmail],
  managementResolvers: [
    {
      type: AccountClosingResolver,
      create: (services: AccountClosingServices) => new AccountClosingResolver(services.accountClosing),
    },
  ],
  services: (core: Core<Core['config'] & AccountClosingConfig>): AccountClosingServices => ({
    accountClosing: new AccountClosingService({
      ...core,
      accountClosingRepository: core.observed(new AccountClosingRepository(core.em)),
    }),
  }),
  commands: [deleteUserCommand],
  upkeep: (core, { em, emailKinds }) => {
    const erasure = new ErasureService({
      ...{ ...core, emailKinds },
      unitOfWork: new UnitOfWork(em),
      erasureRepository: core.observed(new ErasureRepository(em)),
      deliveryErasure: core.observed(new DeliveryErasureRepository(em)),
    });
    return () => erasure.run();
  },
} satisfies Feature;
