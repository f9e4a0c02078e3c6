import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseFlags, readNumber, UsageError } from '../workload/flags.js';
import { PHASES, type Phase, type Settings } from './phases.js';

export const HELP = `Measures the service with a small and with a big database, in turns.

npm run growth -- [options]

  --users <n>       users and sessions of the big database (default 5000000, about 1 kB of disk each)
  --small <n>       users and sessions of the small one (default 1000)
  --seconds <n>     how long each operation is measured per round (default 3)
  --rounds <n>      rounds, which alternate between the databases (default 3)
  --refreshes <n>   rotations on the big database before its size is compared (default 1000000)
  --logins <n>      sign-ins on the big database, for the same purpose (default 1000)
  --shared-buffers <size>  how much PostgreSQL keeps in its buffers, such as 4GB (its default is 128MB)
  --folder <path>   where the folder auth-subgraph-growth is created, which holds the databases (default: the system's
                    temporary folder)
  --keep            keeps that folder for the next run; otherwise it is deleted, with what an earlier run has kept
  --only <phases>   some of ${PHASES.join(',')}
  -h, --help        prints this
`;

const FLAGS = {
  users: { type: 'string', default: '5000000' },
  small: { type: 'string', default: '1000' },
  seconds: { type: 'string', default: '3' },
  rounds: { type: 'string', default: '3' },
  refreshes: { type: 'string', default: '1000000' },
  logins: { type: 'string', default: '1000' },
  'shared-buffers': { type: 'string' },
  folder: { type: 'string', default: tmpdir() },
  keep: { type: 'boolean', default: false },
  only: { type: 'string', default: PHASES.join(',') },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

const MOST = 1_000_000_000;

export interface GrowthOptions extends Settings {
  readonly keep: boolean;
  readonly help: boolean;
}

/** @throws UsageError an argument is unknown or out of range */
export function readOptions(words: readonly string[]): GrowthOptions {
  const values = parseFlags(words, FLAGS);
  const small = readNumber('small', values.small, 1, MOST);
  return {
    users: { small, big: readNumber('users', values.users, small, MOST) },
    seconds: readNumber('seconds', values.seconds, 1, 3600),
    rounds: readNumber('rounds', values.rounds, 1, 100),
    refreshes: readNumber('refreshes', values.refreshes, 1, MOST),
    logins: readNumber('logins', values.logins, 1, MOST),
    folder: join(values.folder, 'auth-subgraph-growth'),
    postgres: readBuffers(values['shared-buffers']),
    phases: values.only.split(',').map(readPhase),
    keep: values.keep,
    help: values.help,
  };
}

function readBuffers(size: string | undefined): Settings['postgres'] {
  if (size === undefined) return {};
  if (!/^[1-9]\d*(kB|MB|GB|TB)$/.test(size))
    throw new UsageError(`--shared-buffers takes a size such as 4GB, not "${size}"`);
  return { shared_buffers: size };
}

function readPhase(name: string): Phase {
  const phase = PHASES.find((one) => one === name.trim());
  if (phase === undefined) throw new UsageError(`--only does not know "${name}"; it knows ${PHASES.join(', ')}`);
  return phase;
}
