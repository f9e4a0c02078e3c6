import type { Command } from '../../platform/commands/command.js';
import type { AuthSubgraph } from '../../subgraph.js';
import { uuidProblem } from '../../core/users/user-argument.js';

export interface ReplayEventsInput {
  readonly ids: readonly string[];
  readonly all?: boolean;
}

export const replayEventsCommand: Command<AuthSubgraph, ReplayEventsInput> = {
  name: 'events replay',
  summary: 'Retry the deliveries that have been given up.',
  details:
    'Retries all of them, or those of the given events. A running service delivers them; a delivery that fails again is given ' +
    'up again.',
  arguments: [{ name: 'ids', description: 'the ids of events', isOptional: true, isVariadic: true }],
  options: [{ name: 'all', description: 'retry all of them, which is the default' }],
  example: 'events replay',
  problemOf: ({ ids, all }) =>
    all === true && ids.length > 0
      ? '--all cannot be combined with ids'
      : ids.some((id) => uuidProblem(id) !== undefined)
        ? 'an id of an event is a UUID'
        : undefined,
  run: async ({ deliveries }, { ids }) => {
    const count = await deliveries.replayParked(ids.length === 0 ? undefined : ids);
    if (count === 0 && ids.length > 0) {
      const { NothingFoundError } = await import('../../platform/commands/nothing-found.error.js');
      throw new NothingFoundError('No delivery of these events has been given up.');
    }
    return { text: `Deliveries that will be retried: ${String(count)}.`, json: { replayed: count } };
  },
};
