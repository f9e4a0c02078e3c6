import type { CliCommand } from './cli-command.js';

export const migrateCommand: CliCommand = {
  name: 'migrate',
  summary: 'Bring the database schema up to date.',
  details:
    'Creates or updates the tables and the job queue. Safe to run on several machines at once. `migrate up` does the same.',
  example: 'migrate',
  readsSettingsTo: 'serve',
  logsTo: 'stderr',
  run: async ({ settings, logger }) => {
    const { openService } = await import('../service/open-service.js');
    const { requireDatabase } = await import('../service/with-subgraph.js');
    await requireDatabase(settings);
    const service = await openService({ ...settings, migrateOnStart: true }, logger);
    await service.close();
    return { text: 'The database schema is up to date.', json: { isUpToDate: true } };
  },
};
