import type { Core } from '../../core/composition/core.js';
import type { Feature } from '../../core/composition/feature.js';
import { lockCommand } from './lock.command.js';
import { unlockCommand } from './unlock.command.js';
import { accountLockedEmail } from './lockout.emails.js';
import { AccountLockedByOperator } from './lockout.events.js';
import { UnlockRepository } from './unlock.repository.js';
import { UnlockResolver } from './unlock.resolver.js';
import { UnlockService } from './unlock.service.js';

export interface LockoutServices {
  /** Starts and ends lockouts, for operators. */
  readonly unlock: UnlockService;
}

/** Emails users whose account is locked, and lets operators unlock it. Wrong passwords are counted even without it. */
export const lockout = {
  name: 'lockout',
  events: { AccountLockedByOperator },
  emails: [accountLockedEmail],
  managementResolvers: [{ type: UnlockResolver, create: ({ unlock }: LockoutServices) => new UnlockResolver(unlock) }],
  services: (core: Core): LockoutServices => ({
    unlock: new UnlockService({ ...core, unlockRepository: new UnlockRepository(core.em) }),
  }),
  commands: [lockCommand, unlockCommand],
} satisfies Feature;
