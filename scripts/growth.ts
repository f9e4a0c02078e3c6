import { rm } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import { afterwards } from './bench/clean-up.js';
import { HELP, readOptions, type GrowthOptions } from './growth/options.js';
import { runPhases } from './growth/phases.js';
import { runProgram } from './workload/program.js';

async function run(options: GrowthOptions): Promise<object> {
  const { keep, folder, users, postgres } = options;
  if (!keep) afterwards(() => rm(folder, { recursive: true, force: true }));
  const machine = { node: process.version, platform: `${process.platform} ${process.arch}`, cores: cpus().length };
  const loadBefore = Number((loadavg()[0] ?? Number.NaN).toFixed(2));
  return { ...machine, loadBefore, users, postgres, ...(await runPhases(options)) };
}

await runProgram({
  help: HELP,
  readOptions,
  run,
  report: (outcome) => JSON.stringify(outcome, null, 2),
  exitCode: () => 0,
});
