import type { Command } from '../../platform/commands/command.js';
import { textTable } from '../../platform/commands/text-table.js';
import { userArgument, uuidProblem } from '../../core/users/user-argument.js';
import type { Account, AccountStatus } from './account.js';
import type { AccountService } from './account.service.js';

export interface AccountSubject {
  readonly services: { readonly accounts: AccountService };
}

const LIMIT = '50';
const MAX_LIMIT = 1_000;
const STATUSES: readonly string[] = ['active', 'deactivated', 'closed'] satisfies AccountStatus[];

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

export interface ListUsersInput {
  readonly search?: string;
  readonly status?: AccountStatus;
  readonly role?: string;
  readonly locked?: boolean;
  readonly limit?: string;
  readonly after?: string;
}

export const listUsersCommand: Command<AccountSubject, ListUsersInput> = {
  name: 'users list',
  summary: 'List users.',
  details:
    'Lists them in the order of their ids. Filters read the whole table, which takes seconds if it has millions of users.',
  options: [
    { name: 'search', value: 'text', description: 'only addresses that start with this text' },
    {
      name: 'status',
      value: 'active|deactivated|closed',
      description: 'only accounts with this status',
      problemOf: (text) => (STATUSES.includes(text) ? undefined : 'must be active, deactivated or closed'),
    },
    { name: 'role', value: 'role', description: 'only users with this role' },
    { name: 'locked', description: 'only users who are locked out now, by wrong passwords or an operator' },
    {
      name: 'limit',
      value: 'count',
      description: `how many, 1 to ${String(MAX_LIMIT)}; ${LIMIT} by default`,
      problemOf: (text) =>
        /^[1-9]\d{0,3}$/.test(text) && Number(text) <= MAX_LIMIT
          ? undefined
          : `must be a whole number from 1 to ${String(MAX_LIMIT)}`,
    },
    { name: 'after', value: 'id', description: 'continue after the user with this id', problemOf: uuidProblem },
  ],
  example: 'users list --status active --limit 20',
  run: async ({ services: { accounts } }, { limit = LIMIT, after, ...filter }) => {
    const found = await accounts.list(filter, { limit: Number(limit), ...(after !== undefined && { after }) });
    return { text: found.length === 0 ? 'No users found.' : tableOf(found), json: found };
  },
};

function tableOf(accounts: readonly Account[]): string {
  const rows = accounts.map(({ id, email, status, createdAt, lastLoginAt, roles }) =>
    [id, email, status, createdAt, lastLoginAt, roles].map(toText),
  );
  return textTable([['id', 'email', 'status', 'created', 'last sign-in', 'roles'], ...rows]);
}

function toText(value: Account[keyof Account]): string {
  if (value === null) return '-';
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'object' ? value.join(' ') || '-' : String(value);
}
