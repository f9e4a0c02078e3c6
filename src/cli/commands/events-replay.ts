import type { Command } from '../../platform/commands/command.js';
import type { AuthSubgraph } from '../../subgraph.js';
import { idsArgument, idsProblem, requireFound, type ParkedEventsInput } from './parked-events.js';

export const replayEventsCommand: Command<AuthSubgraph, ParkedEventsInput> = {
  name: 'events replay',
  summary: 'Retry the deliveries that have been given up.',
  details:
    'Retries all of them, or those of the given events. A running service delivers them; a delivery that fails again is given ' +
    'up again.',
  arguments: [idsArgument],
  options: [{ name: 'all', description: 'retry all of them, which is the default' }],
  example: 'events replay',
  problemOf: idsProblem,
  run: async ({ deliveries }, input) => {
    const count = await deliveries.replayParked(input.ids.length === 0 ? undefined : input.ids);
    await requireFound(count, input);
    return { text: `Deliveries that will be retried: ${String(count)}.`, json: { replayed: count } };
  },
};
