import type { Command } from '../../platform/commands/command.js';
import type { AuthSubgraph } from '../../subgraph.js';
import { idsArgument, idsProblem, requireFound, type ParkedEventsInput } from './parked-events.js';

export interface DiscardEventsInput extends ParkedEventsInput {
  readonly yes?: boolean;
}

export const discardEventsCommand: Command<AuthSubgraph, DiscardEventsInput> = {
  name: 'events discard',
  summary: 'Delete deliveries that have been given up.',
  details: 'Deletes those of the given events, or all of them, such as emails to addresses that do not exist.',
  arguments: [idsArgument],
  options: [
    { name: 'all', description: 'delete all of them, which requires --yes' },
    { name: 'yes', description: 'required to delete all of them: confirms it' },
  ],
  example: 'events discard 01990b2c-5f7a-7c11-9d53-2f1f0a6b7c8d',
  problemOf: (input) => {
    if (input.ids.length === 0 && input.all !== true) return 'give the ids of events, or --all';
    if (input.all === true && input.yes !== true) return '--all deletes every one of them; add --yes to confirm it';
    return idsProblem(input);
  },
  run: async ({ deliveries }, input) => {
    const count = await deliveries.discardParked(input.ids.length === 0 ? undefined : input.ids);
    await requireFound(count, input);
    return { text: `Deliveries that were deleted: ${String(count)}.`, json: { discarded: count } };
  },
};
