import type { CliCommand } from './cli-command.js';

export const serveCommand: CliCommand = {
  name: 'serve',
  summary: 'Start the service. This is the default command.',
  details:
    'Without DATABASE_URL, it starts an embedded PostgreSQL and keeps its data in DATA_DIR. On SIGTERM or Ctrl-C it finishes ' +
    'the requests in progress and stops.',
  example: 'serve',
  readsSettingsTo: 'serve',
  logsTo: 'stdout',
  run: async ({ settings, logger, report }) => {
    const { serve } = await import('../service/serve.js');
    await serve(settings, logger, report);
    return undefined;
  },
};
