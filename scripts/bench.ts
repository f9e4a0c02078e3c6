import { cleanUp, interruption } from './bench/clean-up.js';
import { exitCodeOf, FAILED } from './bench/exit-code.js';
import { HELP } from './bench/help.js';
import { readOptions } from './bench/options.js';
import { UsageError } from './workload/numeric-option.js';
import { report } from './bench/report/report.js';
import { run } from './bench/run.js';

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options.help) {
    console.log(HELP);
    return 0;
  }
  const outcome = await Promise.race([run(options, process.cwd()), interruption()]);
  console.log(options.json ? JSON.stringify(outcome, null, 2) : report(outcome));
  return exitCodeOf(outcome, options.allowNoise);
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
