import type { UserRecord } from '../../core/management/user-record.js';
import { USER_STATUSES, type UserStatus } from '../../core/management/user-record.js';
import type { Command } from '../../platform/commands/command.js';
import { textTable } from '../../platform/commands/text-table.js';
import type { UserListService } from './user-list.service.js';

const LIMIT = '50';
const MAX_LIMIT = 1_000;
const STATUSES = USER_STATUSES.map((status) => status.toLowerCase());

export interface ListUsersInput {
  readonly search?: string;
  readonly status?: string;
  readonly role?: string;
  readonly locked?: boolean;
  readonly limit?: string;
  readonly after?: string;
}

export const listUsersCommand: Command<{ readonly services: { readonly userLists: UserListService } }, ListUsersInput> =
  {
    name: 'users list',
    summary: 'List users.',
    details:
      'Lists the newest first. With a search, those whose address matches come first, then those whose last, first or ' +
      'display name does. Each user has a cursor, after which the next page continues.',
    options: [
      {
        name: 'search',
        value: 'text',
        description: 'only users whose address, domain (after an @) or name begins with this text, or with this id',
      },
      {
        name: 'status',
        value: STATUSES.join('|'),
        description: 'only users with this status',
        problemOf: (text) => (STATUSES.includes(text) ? undefined : `must be ${STATUSES.join(', ')}`),
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
      { name: 'after', value: 'cursor', description: 'continue after the user with this cursor' },
    ],
    example: 'users list --search ada --status active',
    run: async ({ services: { userLists } }, { limit = LIMIT, after, status, ...filter }) => {
      const page = await userLists.list(undefined, {
        filter: { ...filter, status: status?.toUpperCase() as UserStatus | undefined },
        first: Number(limit),
        after,
      });
      // Loads zod, which the help text does not need.
      const { writeCursor } = await import('./user-position.js');
      const users = page.users.map(({ record, position }) => ({
        ...record,
        status: record.status.toLowerCase(),
        cursor: writeCursor(position),
      }));
      const next = page.hasMore ? [`There are more: add --after ${String(users.at(-1)?.cursor)}`] : [];
      const table = tableOf(page.users.map(({ record }) => record));
      return { text: users.length === 0 ? 'No users found.' : [table, ...next].join('\n'), json: users };
    },
  };

function tableOf(records: readonly UserRecord[]): string {
  const rows = records.map(({ id, email, status, createdAt, lastLoginAt, roles }) => [
    ...[id, email, status.toLowerCase(), createdAt.toISOString(), lastLoginAt?.toISOString() ?? '-'],
    roles.join(' ') || '-',
  ]);
  return textTable([['id', 'email', 'status', 'created', 'last sign-in', 'roles'], ...rows]);
}
