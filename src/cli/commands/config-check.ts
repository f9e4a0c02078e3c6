import type { ServiceSettings } from '../../config/service-settings.js';
import type { CliCommand } from './cli-command.js';

export const checkConfigCommand: CliCommand = {
  name: 'config check',
  summary: 'Check the settings of the service.',
  details:
    'Lists every problem with its variable and what to write instead, and then ends with exit code 5. Does not need the ' +
    'database or the mail server; `doctor` checks these too.',
  options: [{ name: 'print', description: 'print every setting; secrets are shown by length only' }],
  example: 'config check --print',
  readsSettingsTo: 'serve',
  logsTo: 'stderr',
  run: async ({ settings }, { print = false }: { print?: boolean }) => {
    const { printableSettings } = await import('../settings-report.js');
    const { checkSettings } = await import('../service/open-service.js');
    await checkSettings(settings);
    const values = printableSettings(settings);
    const lines = Object.entries(values).map(([name, value]) => `${name}=${value ?? ''}`);
    const warnings = await warningsAbout(settings);
    const text = ['The configuration is valid.', ...warnings, ...(print ? lines : [])].join('\n');
    return { text, json: { isValid: true, warnings, ...(print && { settings: values }) } };
  },
};

/** What the service also warns about when it starts. */
async function warningsAbout({ environment, mail }: ServiceSettings): Promise<string[]> {
  if (environment !== 'production') return [];
  const { developmentMailSettings } = await import('../../core/email/development-settings.js');
  const { parseSender } = await import('../../core/email/message.js');
  const { variableOf } = await import('../../config/env.js');
  const unfit = developmentMailSettings(mail, parseSender(mail.from).address);
  if (unfit.length === 0) return [];
  const variables = unfit.map(variableOf).join(', ');
  return [`Warning: emails link to this machine, come from it or do not name the product. Set ${variables}.`];
}
