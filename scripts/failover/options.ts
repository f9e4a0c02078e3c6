import { parseFlags, readNumber } from '../workload/flags.js';

export const HELP = `Switches over and kills the primary of a Patroni cluster under load, and checks that nothing acknowledged is lost.

npm run failover -- [options]

  --seconds <n>   how long the clients use the service (default 120)
  --clients <n>   the number of clients (default 50)
  --lag <n>       for how many seconds the standby receives nothing before the primary is killed (default 1)
  --asynchronous  replicates asynchronously; then the changes of that time are lost
  --json          prints JSON
  -h, --help      prints this

Requires etcd, Patroni, HAProxy and PostgreSQL 15 of Debian. Two processes of the service connect through HAProxy to the
primary of two PostgreSQL servers. The first fault is a planned switchover. Then the primary and its Patroni are killed.
`;

const FLAGS = {
  seconds: { type: 'string', default: '120' },
  clients: { type: 'string', default: '50' },
  lag: { type: 'string', default: '1' },
  asynchronous: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

export interface FailoverOptions {
  readonly seconds: number;
  readonly clients: number;
  readonly lagSeconds: number;
  readonly isSynchronous: boolean;
  readonly json: boolean;
  readonly help: boolean;
}

/** @throws UsageError an argument is unknown or out of range */
export function readOptions(words: readonly string[]): FailoverOptions {
  const values = parseFlags(words, FLAGS);
  return {
    seconds: readNumber('seconds', values.seconds, 30, 3600),
    clients: readNumber('clients', values.clients, 1, 1000),
    lagSeconds: readNumber('lag', values.lag, 0, 10),
    isSynchronous: !values.asynchronous,
    json: values.json,
    help: values.help,
  };
}
