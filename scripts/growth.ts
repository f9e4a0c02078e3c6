import { rm } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { afterwards, cleanUp, interruption } from './bench/clean-up.js';
import { runPhases, PHASES, type Phase, type Settings } from './growth/phases.js';

const USAGE = `npm run growth -- [options]
  --users N       users and sessions of the big database (5000000, about 1 kB of disk each)
  --small N       users and sessions of the small one (1000)
  --seconds N     how long each operation is measured per round (3)
  --rounds N      rounds, which alternate between the databases (3)
  --refreshes N   rotations on the big database, before its size is compared (1000000)
  --logins N      sign-ins on the big database, for the same purpose (1000)
  --shared-buffers SIZE  how much PostgreSQL keeps in its buffers, such as 4GB (its default, 128MB)
  --folder PATH   where the databases are kept (default: a new folder in the system's temporary folder)
  --keep          keeps the databases, for the next run
  --only PHASES   some of ${PHASES.join(',')}`;

function numberOf(name: string, text: string | undefined, standard: number): number {
  const number = Number(text ?? standard);
  if (Number.isInteger(number) && number >= 1) return number;
  throw new Error(`--${name} must be a positive integer\n${USAGE}`);
}

function phasesOf(text: string | undefined): readonly Phase[] {
  const wanted = text?.split(',') ?? PHASES;
  if (wanted.every((name): name is Phase => (PHASES as readonly string[]).includes(name))) return wanted;
  throw new Error(`--only must name some of ${PHASES.join(',')}\n${USAGE}`);
}

function readSettings(): Settings & { keep: boolean } {
  const text = { type: 'string' } as const;
  const counts = { users: text, small: text, seconds: text, rounds: text, refreshes: text, logins: text };
  const others = { folder: text, only: text, 'shared-buffers': text, keep: { type: 'boolean' } } as const;
  const { values } = parseArgs({ options: { ...counts, ...others } });
  const buffers = values['shared-buffers'];
  const count = (name: keyof typeof counts, standard: number): number => numberOf(name, values[name], standard);
  return {
    users: { small: count('small', 1000), big: count('users', 5_000_000) },
    ...{ seconds: count('seconds', 3), rounds: count('rounds', 3) },
    ...{ refreshes: count('refreshes', 1_000_000), logins: count('logins', 1000) },
    folder: values.folder ?? join(tmpdir(), 'auth-subgraph-growth'),
    postgres: buffers === undefined ? {} : { shared_buffers: buffers },
    phases: phasesOf(values.only),
    keep: values.keep ?? false,
  };
}

async function run(): Promise<object> {
  const settings = readSettings();
  if (!settings.keep) afterwards(() => rm(settings.folder, { recursive: true, force: true }));
  const machine = { node: process.version, platform: `${process.platform} ${process.arch}`, cores: cpus().length };
  const loadBefore = Number((loadavg()[0] ?? Number.NaN).toFixed(2));
  return { ...machine, loadBefore, users: settings.users, postgres: settings.postgres, ...(await runPhases(settings)) };
}

try {
  console.log(JSON.stringify(await Promise.race([run(), interruption()]), null, 2));
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  await cleanUp();
}
// Work left over after an interruption would keep the process alive.
process.exit();
