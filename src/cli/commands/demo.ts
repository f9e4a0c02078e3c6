import type { CliCommand } from './cli-command.js';

export const demoCommand: CliCommand = {
  name: 'demo',
  summary: 'Try the service, with a user and an operator. Nothing is kept.',
  details:
    'Starts an embedded PostgreSQL in a temporary folder, and prints the passwords of the user and of the operator, who ' +
    'has every role of user management. Of the settings, it uses only HOST, PORT, LOG_LEVEL and PASSWORD_SALT_ROUNDS, but ' +
    'it does not start if any setting is invalid. On Ctrl-C or SIGTERM, or when its terminal closes, it stops and deletes ' +
    'everything.',
  example: 'demo',
  readsSettingsTo: 'keys',
  logsTo: 'stderr',
  run: async ({ logger, report, variables }) => {
    const { runDemo } = await import('../service/demo.js');
    await runDemo(variables, logger, report);
    return undefined;
  },
};
