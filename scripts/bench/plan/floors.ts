import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Subject } from '../figures/measure-round.js';
import { entitiesOf } from '../operations/auth-subgraph.js';
import { graphql } from '../operations/graphql.js';
import type { Exchange } from '../load/drive.js';
import { get, succeeded } from '../load/requests.js';
import { startProgram } from '../service/program.js';
import { BCRYPT_COST } from '../service/service.js';

/** The work that operations cannot avoid. */
export const FLOORS = {
  nodeHttp: 'node:http, constant',
  fastify: 'Fastify, constant',
  apollo: 'Apollo Server, one plain field',
  entities: 'the same in memory',
  bcrypt: 'bcrypt alone',
} as const;

export type FloorName = keyof typeof FLOORS;

/** They have little code to optimize. */
const WARM_UP_ROUNDS = 2;

const FIELD = graphql('{ me { id email } }');
const FIELD_EXCHANGE: Exchange = {
  request: () => FIELD,
  accepts: (reply) => succeeded(reply, '"email":"ada@example.com"'),
};
const HASH = get('/');
const EXCHANGES: Record<FloorName, Exchange> = {
  nodeHttp: FIELD_EXCHANGE,
  fastify: FIELD_EXCHANGE,
  apollo: FIELD_EXCHANGE,
  entities: entitiesOf(Array.from({ length: 50 }, (_, n) => `0192d5c8-0000-7000-8000-0000000000${String(n + 10)}`)),
  bcrypt: { request: () => HASH, accepts: (reply) => succeeded(reply, `$${String(BCRYPT_COST)}$`) },
};
const PROGRAMS: Record<FloorName, string> = {
  nodeHttp: 'node-http',
  fastify: 'fastify',
  apollo: 'apollo',
  entities: 'entities',
  bcrypt: 'bcrypt',
};

export const pathOfServer = (name: string): string => fileURLToPath(new URL(`../servers/${name}.ts`, import.meta.url));

/** Starts each floor in a separate process when it is first needed. */
export class Floors {
  readonly #running = new Map<FloorName, Promise<Subject['server']>>();

  async subject(floor: FloorName, connections: number): Promise<Subject> {
    const server = this.#running.get(floor) ?? start(floor);
    this.#running.set(floor, server);
    return {
      name: FLOORS[floor],
      server: await server,
      connections,
      exchange: EXCHANGES[floor],
      idlePerSecond: 0,
      warmUpRounds: WARM_UP_ROUNDS,
    };
  }

  async pids(): Promise<number[]> {
    return (await Promise.all(this.#running.values())).flatMap(({ pids }) => pids);
  }
}

async function start(floor: FloorName): Promise<Subject['server']> {
  const { url, pid } = await startProgram([pathOfServer(PROGRAMS[floor])], {
    BCRYPT_COST: String(BCRYPT_COST),
    // One hash per core at a time, as in the service.
    UV_THREADPOOL_SIZE: String(availableParallelism()),
  });
  return { name: FLOORS[floor], urls: [url], pids: [pid] };
}
