import { pino } from 'pino';
import { inVariableNames, readEnvironment, readSettings, sourceOf, type Environment } from '../config/env.js';
import type { Report } from '../platform/commands/command.js';
import { EXIT_CODES, type ExitCode } from '../platform/commands/exit-codes.js';
import type { CliCommand } from './commands/cli-command.js';
import { databaseProblem } from './database-problem.js';
import { LogDestination } from '../platform/log-destination.js';
import { ConfigError } from '../platform/options/config-error.js';
import { commandOutput, printResult, warn } from './output.js';

/**
 * Runs a command with the settings from the environment, and prints its result.
 * @throws ConfigError settings are invalid; names each variable and where it was set
 */
export async function execute(command: CliCommand, input: object, asJson: boolean): Promise<ExitCode> {
  const environment = readEnvironment();
  for (const { name, nearest } of environment.suspects)
    warn(`Warning: ${name} is not a setting and is ignored; did you mean ${nearest}?`);
  try {
    const { variables } = environment;
    const settings = readSettings(variables, command.readsSettingsTo);
    const logger = pino({ level: settings.logLevel }, new LogDestination(command.logsTo === 'stdout' ? 1 : 2));
    const report: Report = (shown) => printResult(shown, asJson);
    const result = await command.run({ settings, logger, report, variables }, input, commandOutput);
    if (result) printResult(result, asJson);
    return result?.exitCode ?? EXIT_CODES.done;
  } catch (error) {
    if (error instanceof ConfigError) throw withSources(inVariableNames(error), environment);
    throw (await databaseProblem(error, environment.variables['DATABASE_URL'])) ?? error;
  }
}

function withSources({ problems }: ConfigError, environment: Environment): ConfigError {
  return new ConfigError(
    problems.map((problem) => {
      const source = sourceOf(problem, environment);
      return source === undefined ? problem : { ...problem, problem: `${problem.problem} (${source})` };
    }),
  );
}
