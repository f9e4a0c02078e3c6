import type { Command } from '../../platform/commands/command.js';
import { textTable } from '../../platform/commands/text-table.js';
import { userArgument } from '../../core/users/user-argument.js';
import type { Account } from './account.js';
import type { AccountService } from './account.service.js';

export interface AccountSubject {
  readonly services: { readonly accounts: AccountService };
}

export const showUserCommand: Command<AccountSubject, { readonly user: string }> = {
  name: 'users show',
  summary: 'Show the account of a user.',
  arguments: [userArgument],
  example: 'users show ada@example.com',
  run: async ({ services: { accounts } }, { user }) => {
    const account = await accounts.find(user);
    const names = Object.keys(account) as (keyof Account)[];
    const rows = names.map((name) => [name, toText(account[name])]);
    return { text: textTable(rows), json: account };
  },
};

function toText(value: Account[keyof Account]): string {
  if (value === null) return '-';
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'object' ? value.join(' ') || '-' : String(value);
}
