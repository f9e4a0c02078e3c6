import type { Command } from '../../platform/commands/command.js';
import { userArgument } from '../../core/users/user-argument.js';
import type { AccountService } from './account.service.js';

export interface UserInput {
  readonly user: string;
}

type AccountCommand<Input extends object = UserInput> = Command<
  { readonly services: { readonly accounts: AccountService } },
  Input
>;

export const verifyUserCommand: AccountCommand = {
  name: 'users verify',
  summary: 'Mark the address of a user as verified.',
  details:
    'Use it only if you know that the person who registered owns the address. Open verification links become invalid.',
  arguments: [userArgument],
  example: 'users verify ada@example.com',
  run: async ({ services: { accounts } }, { user }) => {
    const changed = await accounts.verifyEmail(user);
    return { text: changed ? 'The address is verified.' : 'The address was verified already.', json: { changed } };
  },
};

export const deactivateUserCommand: AccountCommand<UserInput & { readonly reason?: string }> = {
  name: 'users deactivate',
  summary: 'Deactivate the account of a user.',
  details:
    'Ends all sessions, access tokens and links at once, and refuses further sign-ins. The account keeps its address and can ' +
    'be opened again.',
  arguments: [userArgument],
  options: [{ name: 'reason', value: 'text', description: 'why, for other operators; at most 500 characters' }],
  example: 'users deactivate ada@example.com --reason fraud',
  run: async ({ services: { accounts } }, { user, reason }) => {
    const changed = await accounts.deactivate(user, reason);
    return { text: changed ? 'The account is deactivated.' : 'The account was not active.', json: { changed } };
  },
};

export const reactivateUserCommand: AccountCommand = {
  name: 'users reactivate',
  summary: 'Open a deactivated account again, or restore a closed one.',
  details:
    'A closed account can be restored until it is erased. The password stays as it was. Sessions do not come back.',
  arguments: [userArgument],
  example: 'users reactivate ada@example.com',
  run: async ({ services: { accounts } }, { user }) => {
    const changed = await accounts.reactivate(user);
    return { text: changed ? 'The account is open.' : 'The account was open already.', json: { changed } };
  },
};
