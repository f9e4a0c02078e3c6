import { uuidProblem } from '../../core/users/user-argument.js';

/** The events whose parked deliveries a command concerns. */
export interface ParkedEventsInput {
  readonly ids: readonly string[];
  readonly all?: boolean;
}

export const idsArgument = {
  name: 'ids',
  description: 'the ids of events',
  isOptional: true,
  isVariadic: true,
} as const;

export function idsProblem({ ids, all }: ParkedEventsInput): string | undefined {
  if (all === true && ids.length > 0) return '--all cannot be combined with ids';
  return ids.some((id) => uuidProblem(id) !== undefined) ? 'an id of an event is a UUID' : undefined;
}

/** @throws NothingFoundError ids were given, and none of them has a parked delivery */
export async function requireFound(count: number, { ids }: ParkedEventsInput): Promise<void> {
  if (count > 0 || ids.length === 0) return;
  const { NothingFoundError } = await import('../../platform/commands/nothing-found.error.js');
  throw new NothingFoundError('No delivery of these events has been given up.');
}
