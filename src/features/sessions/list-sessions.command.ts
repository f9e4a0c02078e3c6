import type { Command } from '../../platform/commands/command.js';
import { textTable } from '../../platform/commands/text-table.js';
import { userArgument } from '../../core/users/user-argument.js';
import type { OperatorSessionService } from './operator-session.service.js';

export const listSessionsCommand: Command<
  { readonly services: { readonly operatorSessions: OperatorSessionService } },
  { readonly user: string }
> = {
  name: 'sessions list',
  summary: 'List the sessions of a user, most recently used first.',
  arguments: [userArgument],
  example: 'sessions list ada@example.com',
  run: async ({ services: { operatorSessions } }, { user }) => {
    const sessions = await operatorSessions.listOf(user);
    const rows = sessions.map(({ id, lastUsedAt, ipAddress, userAgent }) => [
      ...[id, lastUsedAt.toISOString(), ipAddress ?? '-', userAgent ?? '-'],
    ]);
    const table = textTable([['id', 'last used', 'address', 'user agent'], ...rows]);
    return { text: sessions.length === 0 ? 'The user has no sessions.' : table, json: sessions };
  },
};
