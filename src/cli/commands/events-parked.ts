import type { Command } from '../../platform/commands/command.js';
import type { AuthSubgraph } from '../../subgraph.js';

export const parkedEventsCommand: Command<AuthSubgraph> = {
  name: 'events parked',
  summary: 'List the deliveries of events that were given up.',
  details: 'Each line has the time when the delivery was given up, the name of the listener and the id of the event.',
  example: 'events parked',
  run: async ({ deliveries }) => {
    const parked = await deliveries.listParked();
    const lines = parked.map(({ since, listener, eventId }) => `${since.toISOString()}  ${listener}  ${eventId}`);
    return lines.length === 0 ? 'Nothing is parked.' : lines.join('\n');
  },
};
