import { EXIT_CODES } from '../../platform/commands/exit-codes.js';
import type { CliCommand } from './cli-command.js';

export const migrateStatusCommand: CliCommand = {
  name: 'migrate status',
  summary: 'List the migrations that have not run, and the indexes that are missing.',
  details:
    'Changes nothing. Ends with exit code 4 if there are any. `job-queue` stands for the tables of the job queue.',
  example: 'migrate status',
  readsSettingsTo: 'serve',
  logsTo: 'stderr',
  run: async ({ settings, logger }) => {
    const { withSubgraph } = await import('../service/with-subgraph.js');
    const pending = await withSubgraph(settings, logger, (auth) => auth.pendingMigrations(), 'leave');
    const isUpToDate = pending.length === 0;
    return {
      text: isUpToDate ? 'The database schema is up to date.' : pending.join('\n'),
      json: { isUpToDate, pending },
      exitCode: isUpToDate ? EXIT_CODES.done : EXIT_CODES.doneInPart,
    };
  },
};
