import type { Logger } from 'pino';
import type { ServiceSettings } from '../../config/service-settings.js';
import type { Command, Report } from '../../platform/commands/command.js';

/** The context that every command runs in. */
export interface CommandContext {
  readonly settings: ServiceSettings;
  readonly logger: Logger;
  /** Prints to standard output while the command runs, for people or for programs. */
  readonly report: Report;
  /** The variables of the process, completed with those of a `.env` file. */
  readonly variables: NodeJS.ProcessEnv;
}

/** A command that receives the settings of the service. */
export interface CliCommand extends Command<CommandContext> {
  /**
   * Why the settings are read. `serve` requires everything that production needs. `print` requires settings that are
   * consistent with each other. `keys` only requires each setting to be valid by itself.
   */
  readonly readsSettingsTo: 'serve' | 'print' | 'keys';
  /** Where log lines go: to standard output for the service, to standard error for commands that print a result. */
  readonly logsTo: 'stdout' | 'stderr';
}
