import type { Finding } from '../doctor/finding.js';
import { EXIT_CODES } from '../../platform/commands/exit-codes.js';
import type { CliCommand } from './cli-command.js';

export const doctorCommand: CliCommand = {
  name: 'doctor',
  summary: 'Check the service, its database, its mail server and its Redis.',
  details:
    'Prints each check as ok, a warning or a failure, with what to do. Changes nothing. Ends with exit code 1 if there is a ' +
    'failure. Run it where the settings of the service are set.',
  example: 'doctor',
  readsSettingsTo: 'serve',
  logsTo: 'stderr',
  run: async ({ settings, logger, variables }) => {
    const { checkHosts } = await import('../service/listening.js');
    const { checkSettings } = await import('../service/open-service.js');
    await checkSettings(settings);
    await checkHosts(settings);
    const { withSubgraph } = await import('../service/with-subgraph.js');
    const { databaseFindings } = await import('../doctor/database-findings.js');
    const { settingsFindings } = await import('../doctor/settings-findings.js');
    const findings = await withSubgraph(
      settings,
      logger,
      async (auth) => [
        ...(await settingsFindings(auth, settings)),
        ...(await databaseFindings(auth, settings, variables['DATABASE_URL'])),
      ],
      'leave',
    );
    const { textTable } = await import('../../platform/commands/text-table.js');
    const { styleText } = await import('node:util');
    const colors = { ok: 'green', warning: 'yellow', failure: 'red' } as const;
    const paint = ({ status }: Finding, line: string): string =>
      // Without a terminal, or with NO_COLOR, the text stays as it is.
      line.replace(status, (word) => styleText(colors[status], word, { stream: process.stdout }));
    const lines = textTable(findings.map(({ check, status, detail }) => [status, check, detail])).split('\n');
    return {
      text: findings.map((finding, at) => paint(finding, lines[at] ?? '')).join('\n'),
      json: findings,
      exitCode: findings.some(({ status }) => status === 'failure') ? EXIT_CODES.failed : EXIT_CODES.done,
    };
  },
};
