import { HELP, readOptions } from './chaos/options.js';
import { report } from './chaos/report.js';
import { run } from './chaos/run.js';
import { FAILED, runProgram } from './workload/program.js';

await runProgram({
  help: HELP,
  readOptions,
  run: async (options) => run(options, (step) => console.error(step)),
  report,
  exitCode: ({ violationCount }) => (violationCount === 0 ? 0 : FAILED),
});
