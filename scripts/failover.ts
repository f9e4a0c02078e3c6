import { FAILED, runProgram } from './workload/program.js';
import { report } from './chaos/report.js';
import { HELP, readOptions } from './failover/options.js';
import { run } from './failover/run.js';

await runProgram({
  help: HELP,
  readOptions,
  run: async (options) => run(options, (step) => console.error(step)),
  report,
  exitCode: ({ violationCount }) => (violationCount === 0 ? 0 : FAILED),
});
