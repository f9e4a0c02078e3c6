import { parseArgs } from 'node:util';
import { readNumber, UsageError } from '../workload/numeric-option.js';

export const HELP = `Uses the service for a long time, and shows whether its memory and its handles grow.

npm run soak -- [options]

  --operations <n>  how often the service is used (default 100000)
  --clients <n>     how many clients there are (default 20)
  --samples <n>     how many times the process is looked at (default 12)
  --json            prints JSON
  -h, --help        prints this

A tenth of the requests are refused by the service, each with a different text. Samples are taken while no client is
connected, after garbage collection. The exit code is 1 if the heap or the number of handles grows in the last third of
the run, or if the service does not keep what it has acknowledged.
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
  const values = parse(words);
  return {
    operations: readNumber('operations', values.operations, 300, 10_000_000),
    clients: readNumber('clients', values.clients, 1, 500),
    samples: readNumber('samples', values.samples, 3, 100),
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
