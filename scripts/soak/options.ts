import { parseFlags, readNumber } from '../workload/flags.js';

export const HELP = `Runs many operations, and shows whether the memory or the handles of the service grow.

npm run soak -- [options]

  --operations <n>  the number of operations (default 100000)
  --clients <n>     the number of clients (default 20)
  --samples <n>     how often the process is measured, at least 9 times (default 12)
  --json            prints JSON
  -h, --help        prints this

The service refuses a tenth of the requests, each of which has a different text. Samples are taken while no client is
connected, after garbage collection. The exit code is 1 if the heap or the number of handles grows in the last third of
the run, or if the service loses what it has acknowledged.
`;

const FLAGS = {
  operations: { type: 'string', default: '100000' },
  clients: { type: 'string', default: '20' },
  samples: { type: 'string', default: '12' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

export interface SoakOptions {
  readonly operations: number;
  readonly clients: number;
  readonly samples: number;
  readonly json: boolean;
  readonly help: boolean;
}

/** @throws UsageError an argument is unknown or out of range */
export function readOptions(words: readonly string[]): SoakOptions {
  const values = parseFlags(words, FLAGS);
  return {
    operations: readNumber('operations', values.operations, 300, 10_000_000),
    clients: readNumber('clients', values.clients, 1, 500),
    samples: readNumber('samples', values.samples, 9, 100),
    json: values.json,
    help: values.help,
  };
}
