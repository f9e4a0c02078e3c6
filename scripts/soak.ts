import { HELP, readOptions } from './soak/options.js';
import { report } from './soak/report.js';
import { run } from './soak/run.js';
import { FAILED, runProgram } from './workload/program.js';

await runProgram({
  help: HELP,
  readOptions,
  run: async (options) => run(options, (step) => console.error(step)),
  report,
  exitCode: ({ heapIsFlat, handlesAreFlat, violationCount }) =>
    heapIsFlat && handlesAreFlat && violationCount === 0 ? 0 : FAILED,
});
