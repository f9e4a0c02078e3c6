import { cleanUp, interruption } from './bench/clean-up.js';
import { HELP, readOptions } from './soak/options.js';
import { report } from './soak/report.js';
import { run } from './soak/run.js';
import { UsageError } from './workload/numeric-option.js';

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options.help) {
    console.log(HELP);
    return 0;
  }
  const outcome = await Promise.race([run(options, (step) => console.error(step)), interruption()]);
  console.log(options.json ? JSON.stringify(outcome, null, 2) : report(outcome));
  return outcome.heapIsFlat && outcome.handlesAreFlat && outcome.violationCount === 0 ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof UsageError ? error.message : error);
  process.exitCode = 1;
} finally {
  await cleanUp();
}
// Work left over after an interruption would keep the process alive.
process.exit();
