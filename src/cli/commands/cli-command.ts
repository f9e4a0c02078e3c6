import type { Logger } from 'pino';
import type { ServiceSettings } from '../../config/service-settings.js';
import type { Command } from '../../platform/commands/command.js';

/** What a command of the service works with. */
interface CommandContext {
  readonly settings: ServiceSettings;
  readonly logger: Logger;
  /** Prints on standard output. */
  readonly print: (text: string) => void;
  /** Prints on standard error, so that results can be redirected. */
  readonly warn: (text: string) => void;
}

/** A command that is given the settings of the service. */
export interface CliCommand extends Command<CommandContext> {
  /**
   * What the settings are read for. To serve, production must have all that it needs; to print what follows from them,
   * they must only fit together; and to manage keys, each must only be valid by itself.
   */
  readonly readsSettingsTo: 'serve' | 'print' | 'keys';
  /** Where log lines go: those of the service to standard output, those beside a result to standard error. */
  readonly logsTo: 'stdout' | 'stderr';
}
