import { exitCodeOf } from './bench/exit-code.js';
import { HELP } from './bench/help.js';
import { readOptions } from './bench/options.js';
import { report } from './bench/report/report.js';
import { run } from './bench/run.js';
import { runProgram } from './workload/program.js';

await runProgram({
  help: HELP,
  readOptions,
  run: async (options) => run(options, process.cwd()),
  report,
  exitCode: (outcome, { allowNoise }) => exitCodeOf(outcome, allowNoise),
});
