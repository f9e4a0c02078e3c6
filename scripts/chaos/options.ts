import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { readNumber, UsageError } from '../workload/numeric-option.js';

export const HELP = `Kills the database and the processes of the service under load, and checks that nothing acknowledged is lost.

npm run chaos -- [options]

  --seconds <n>         how long the clients use the service (default 300)
  --clients <n>         the number of clients (default 200)
  --database-kills <n>  how often PostgreSQL is killed (default 3, at most 5)
  --process-kills <n>   how often one of the two processes is killed (default 2)
  --seed <n>            repeats the choices of an earlier run
  --release-deliveries  hands the emails of a killed process to another one at once
  --unsafe              lets PostgreSQL acknowledge what it has not stored, to show that losses are detected
  --json                prints JSON
  -h, --help            prints this

Clients register, sign in, refresh, change and reset passwords, verify addresses, and end sessions. They repeat
unanswered operations, or sometimes give up. At the end, every acknowledged change must exist, no ended session may work,
and each abandoned operation must have taken effect completely or not at all. Otherwise, and if there was an internal error,
the exit code is 1.
`;

const FLAGS = {
  seconds: { type: 'string', default: '300' },
  clients: { type: 'string', default: '200' },
  'database-kills': { type: 'string', default: '3' },
  'process-kills': { type: 'string', default: '2' },
  seed: { type: 'string' },
  'release-deliveries': { type: 'boolean', default: false },
  unsafe: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

const MAX_SEED = 2 ** 31 - 1;

export interface ChaosOptions {
  readonly seconds: number;
  readonly clients: number;
  readonly databaseKills: number;
  readonly processKills: number;
  readonly seed: number;
  readonly releasesDeliveries: boolean;
  readonly isUnsafe: boolean;
  readonly json: boolean;
  readonly help: boolean;
}

/** @throws UsageError an argument is unknown or out of range */
export function readOptions(words: readonly string[]): ChaosOptions {
  const values = parse(words);
  const { seed } = values;
  return {
    seconds: readNumber('seconds', values.seconds, 5, 3600),
    clients: readNumber('clients', values.clients, 1, 1000),
    // The embedded PostgreSQL is restarted five times within ten minutes.
    databaseKills: readNumber('database-kills', values['database-kills'], 0, 5),
    processKills: readNumber('process-kills', values['process-kills'], 0, 20),
    seed: seed === undefined ? randomInt(MAX_SEED) : readNumber('seed', seed, 0, MAX_SEED),
    releasesDeliveries: values['release-deliveries'],
    isUnsafe: values.unsafe,
    json: values.json,
    help: values.help,
  };
}

function parse(words: readonly string[]) {
  try {
    return parseArgs({ args: [...words], options: FLAGS }).values;
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}
