import type { Command } from '../../platform/commands/command.js';
import { parseDurationSeconds } from '../../platform/options/duration.js';
import { userArgument } from '../../core/users/user-argument.js';
import type { UnlockService } from './unlock.service.js';

export const lockCommand: Command<
  { readonly services: { readonly unlock: UnlockService } },
  { readonly user: string; readonly for?: string }
> = {
  name: 'users lock',
  summary: 'Refuse sign-ins of a user for a while.',
  details:
    'Sessions stay; `sessions revoke` ends them. A lock lasts at most LOCKOUT_DURATION_SECONDS, which is also the default. To ' +
    'keep someone out for longer, deactivate the account. A deactivated or closed account cannot be locked.',
  arguments: [userArgument],
  options: [
    {
      name: 'for',
      value: 'duration',
      field: 'seconds',
      description: 'how long, such as 10m',
      problemOf: (text) => (parseDurationSeconds(text) ? undefined : 'must be a duration such as 10m'),
    },
  ],
  example: 'users lock ada@example.com --for 10m',
  run: async ({ services }, { user, for: duration }) => {
    const seconds = duration === undefined ? undefined : parseDurationSeconds(duration);
    const lockedUntil = await services.unlock.lock(user, seconds);
    return { text: `The address is locked until ${lockedUntil.toISOString()}.`, json: { lockedUntil } };
  },
};
