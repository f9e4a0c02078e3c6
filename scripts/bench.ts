import { cleanUp, interruption } from './bench/clean-up.js';
import { HELP } from './bench/help.js';
import { readOptions, UsageError, type Options } from './bench/options.js';
import { report } from './bench/report/report.js';
import { run, type Outcome } from './bench/run.js';

const FAILED = 1;
const NOISY = 2;

function exitCodeOf({ operations, noise }: Outcome, { allowNoise }: Options): number {
  if (operations.some(({ subjects }) => subjects.some(({ failures }) => failures > 0))) return FAILED;
  const isNoisy = noise.length > 0 || operations.some((operation) => operation.noise.length > 0);
  return isNoisy && !allowNoise ? NOISY : 0;
}

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options.help) {
    console.log(HELP);
    return 0;
  }
  const outcome = await Promise.race([run(options, process.cwd()), interruption()]);
  console.log(options.json ? JSON.stringify(outcome, null, 2) : report(outcome));
  return exitCodeOf(outcome, options);
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof UsageError ? error.message : error);
  process.exitCode = FAILED;
} finally {
  await cleanUp();
}
// Work left over after an interruption would keep the process alive.
process.exit();
