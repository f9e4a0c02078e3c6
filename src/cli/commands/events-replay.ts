import type { Command } from '../../platform/commands/command.js';
import type { AuthSubgraph } from '../../subgraph.js';

export const replayEventsCommand: Command<AuthSubgraph> = {
  name: 'events replay',
  summary: 'Retry the parked deliveries.',
  details: 'A running service delivers them; a delivery that fails again is parked again.',
  example: 'events replay',
  run: async ({ deliveries }) => {
    const count = await deliveries.replayParked();
    return { text: `${String(count)} deliveries will be retried.`, json: { replayed: count } };
  },
};
