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
    const text = ['The configuration is valid.', ...(print ? lines : [])].join('\n');
    return { text, json: { isValid: true, ...(print && { settings: values }) } };
  },
};
