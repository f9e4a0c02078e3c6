import { UnknownAccountError } from '../../core/users/unknown-account.error.js';
import type { Command } from '../../platform/commands/command.js';
import { userArgument } from '../../core/users/user-argument.js';
import type { UnlockService } from './unlock.service.js';

export const unlockCommand: Command<
  { readonly services: { readonly unlock: UnlockService } },
  { readonly user: string }
> = {
  name: 'users unlock',
  summary: 'End the lockout of an address.',
  details: 'Resets the count of wrong passwords for the address, which does not need to have an account.',
  arguments: [userArgument],
  example: 'users unlock ada@example.com',
  run: async ({ services }, { user }) => {
    if (await services.unlock.unlock(user)) return { text: 'The address is unlocked.', json: { wasLocked: true } };
    // Checked last, because an address without an account can be locked too.
    if (!(await services.unlock.isKnown(user)))
      throw new UnknownAccountError('user', 'No account has this address, and it was not locked.');
    return { text: 'The address was not locked.', json: { wasLocked: false } };
  },
};
