import type { Subject } from '../figures/measure-round.js';
import type { OperationName } from '../operations/exchanges.js';
import { OPERATIONS } from '../operations/exchanges.js';
import type { Operation } from '../operations/run-operation.js';
import type { Options } from '../options.js';
import type { Contestant } from './contestant.js';
import { FLOORS, type FloorName, type Floors } from './floors.js';

interface Kind {
  readonly title: string;
  readonly connections: number;
  /** All floors; the first one shows whether the machine is steady. */
  readonly floors: readonly FloorName[];
  readonly leavesWork: boolean;
  readonly length: number;
  /** The length of the warm-up of a server with a database, in rounds. */
  readonly warmUpRounds: number;
}

const USUAL_CONNECTIONS = 50;
/** More would only wait for each other: bcrypt keeps every core busy, and writes share the disk. */
const CONNECTIONS_OF_WRITES = 8;
const CONNECTIONS_OF_ENTITIES = 20;

/** V8 still optimizes the code after ten thousand requests. */
const read = { leavesWork: false, length: 1, warmUpRounds: 6 } as const;
const signIn = {
  connections: CONNECTIONS_OF_WRITES,
  floors: ['bcrypt'],
  leavesWork: true,
  length: 2,
  warmUpRounds: 1,
} as const;

const KINDS: Record<OperationName, Kind> = {
  me: { ...read, title: 'me', connections: USUAL_CONNECTIONS, floors: ['apollo', 'fastify', 'nodeHttp'] },
  refresh: { ...read, title: 'refresh', connections: CONNECTIONS_OF_WRITES, floors: ['apollo'] },
  entities: {
    ...read,
    title: '_entities of 50 users',
    connections: CONNECTIONS_OF_ENTITIES,
    floors: ['apollo', 'entities'],
  },
  login: { ...signIn, title: 'login' },
  register: { ...signIn, title: 'register' },
};

/**
 * The operations to measure. Without a mode, the service is compared with all floors and with the other contestants;
 * with one, the last contestant is compared with the first, and one floor shows whether the machine is steady.
 */
export async function planOperations(
  { parts, connections, clients, mode }: Options,
  contestants: readonly Contestant[],
  floors: Floors,
): Promise<Operation[]> {
  const plan: Operation[] = [];
  const isRivalry = mode === undefined;
  for (const name of OPERATIONS.filter((one) => parts.has(one))) {
    const kind = KINDS[name];
    for (const count of name === 'me' ? (connections ?? [kind.connections]) : [kind.connections]) {
      const shown = count === kind.connections ? kind.floors : kind.floors.slice(0, 1);
      plan.push(
        await operationOf(
          { ...kind, title: name === 'me' && connections ? `me, ${String(count)} connections` : kind.title },
          subjectsOf(name, contestants, count),
          { floors, shown: isRivalry ? shown : shown.slice(0, 1), isRivalry },
        ),
      );
    }
  }
  if (clients !== undefined) plan.push(await crowdOf(clients, contestants, floors));
  return plan;
}

function subjectsOf(name: OperationName, contestants: readonly Contestant[], connections: number): Subject[] {
  const { warmUpRounds } = KINDS[name];
  return contestants.flatMap(({ server, exchanges, idlePerSecond }) => {
    const exchange = exchanges[name];
    return exchange ? [{ name: server.name, server, connections, exchange, idlePerSecond, warmUpRounds }] : [];
  });
}

async function operationOf(
  { floors: [witness = 'apollo'], connections, title, leavesWork, length }: Kind,
  contestants: readonly Subject[],
  { floors, shown, isRivalry }: { floors: Floors; shown: readonly FloorName[]; isRivalry: boolean },
): Promise<Operation> {
  const bases: Subject[] = [];
  for (const floor of shown)
    bases.push(await floors.subject(floor, floor === 'apollo' ? USUAL_CONNECTIONS : connections));
  const [first, ...others] = contestants;
  const comparisons = isRivalry
    ? [...bases, ...others].map((base) => [first?.name ?? '', base.name] as const)
    : others.map((other) => [other.name, first?.name ?? ''] as const);
  return { name: title, subjects: [...bases, ...contestants], floor: FLOORS[witness], comparisons, leavesWork, length };
}

/** Many clients that stay connected, in comparison with the usual number. */
async function crowdOf(clients: number, contestants: readonly Contestant[], floors: Floors): Promise<Operation> {
  const name = (subject: Subject): Subject => ({
    ...subject,
    name: `${subject.name}, ${String(subject.connections)} clients`,
  });
  const usual = subjectsOf('me', contestants, USUAL_CONNECTIONS).map(name);
  const crowd = subjectsOf('me', contestants, clients).map(name);
  return {
    name: `me, ${String(clients)} clients that stay connected`,
    subjects: [await floors.subject('apollo', USUAL_CONNECTIONS), ...usual, ...crowd],
    floor: FLOORS.apollo,
    comparisons: crowd.map((subject, n) => [subject.name, usual[n]?.name ?? ''] as const),
    leavesWork: false,
    length: 2,
  };
}
