import type { Core } from '../../core/composition/core.js';
import type { Feature } from '../../core/composition/feature.js';
import { unlockCommand } from './unlock.command.js';
import { accountLockedEmail } from './lockout.emails.js';
import { UnlockService } from './unlock.service.js';

export interface LockoutServices {
  /** For operators: ends a lockout. */
  readonly unlock: UnlockService;
}

/** Tells owners that their account is locked, and lets operators unlock it. Wrong passwords are counted without it too. */
export const lockout = {
  name: 'lockout',
  emails: [accountLockedEmail],
  services: (core: Core): LockoutServices => ({ unlock: new UnlockService(core) }),
  commands: [unlockCommand],
} satisfies Feature;
