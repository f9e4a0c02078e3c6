import type { Command } from '../../platform/commands/command.js';
import type { AuthSubgraph } from '../../subgraph.js';

export const failedEventsCommand: Command<AuthSubgraph> = {
  name: 'events failed',
  summary: 'List the event deliveries that have been given up.',
  details:
    'Each line shows when the delivery was given up, the name of the listener, the id of the event, and the name and the ' +
    'codes of the last error.',
  example: 'events failed',
  run: async ({ deliveries }) => {
    const parked = await deliveries.listParked();
    const lines = parked.map(({ since, listener, eventId, error }) =>
      [since.toISOString(), listener, eventId, error ?? ''].join('  ').trimEnd(),
    );
    return { text: lines.length === 0 ? 'No delivery has been given up.' : lines.join('\n'), json: parked };
  },
};
