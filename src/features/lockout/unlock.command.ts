import { InvalidInputError } from '../../core/errors/errors.js';
import type { Command } from '../../platform/commands/command.js';
import { emailArgument } from '../../core/users/email-argument.js';
import type { UnlockService } from './unlock.service.js';

export const unlockCommand: Command<
  { readonly services: { readonly unlock: UnlockService } },
  { readonly email: string }
> = {
  name: 'unlock',
  summary: 'Lift the lockout of an address.',
  details: 'Forgets the wrong passwords that were tried for the address. The address need not have an account.',
  arguments: [emailArgument],
  example: 'unlock ada@example.com',
  run: async ({ services }, { email }) => {
    if (await services.unlock.unlock(email)) return 'The address is unlocked.';
    // An address without an account can be locked too, which is why this comes second.
    if (!(await services.unlock.isKnown(email)))
      throw new InvalidInputError('email', 'No active account has this address, and it was not locked.');
    return 'The address was not locked.';
  },
};
