import { userArgument } from '../../core/users/user-argument.js';
import type { Command } from '../../platform/commands/command.js';
import type { AccountClosingService } from './account-closing.service.js';

export const deleteUserCommand: Command<
  { readonly services: { readonly accountClosing: AccountClosingService } },
  { readonly user: string; readonly yes?: boolean }
> = {
  name: 'users delete',
  summary: 'Close the account of a user, and erase it later.',
  details:
    'Ends all sessions, access tokens and links at once, refuses further sign-ins and emails the user. The account is erased ' +
    'after ACCOUNT_CLOSING_GRACE, with everything that the service keeps about the user. Until then, `users reactivate` ' +
    'restores it.',
  arguments: [userArgument],
  options: [{ name: 'yes', description: 'required: confirms that the account is to be erased' }],
  example: 'users delete ada@example.com --yes',
  problemOf: ({ yes }) => (yes === true ? undefined : 'add --yes to confirm that the account is to be erased'),
  run: async ({ services: { accountClosing } }, { user }) => {
    const { userId, eraseAfter, changed } = await accountClosing.close(user);
    const state = changed ? 'is closed' : 'was closed already';
    return {
      text: `The account ${state}. It can be restored until ${eraseAfter.toISOString()}, and is erased after that.`,
      json: { id: userId, eraseAfter, changed },
    };
  },
};
