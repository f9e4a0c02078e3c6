import type { CliCommand } from './cli-command.js';

export const rotateKeysCommand: CliCommand = {
  name: 'keys rotate',
  summary: 'Sign with the newest published key.',
  details: 'The previous key stays in the file, where it verifies the tokens that it signed, until `keys retire`.',
  options: [{ name: 'force', description: 'do not wait for every verifier to fetch the key' }],
  example: 'keys rotate',
  readsSettingsTo: 'keys',
  logsTo: 'stderr',
  run: async ({ settings }, { force = false }: { force?: boolean }) => {
    const { changeServiceRing } = await import('../keys/key-ring-report.js');
    const { rotate } = await import('../keys/key-rotation-policy.js');
    return changeServiceRing(settings, (ring, now) => rotate(ring, now, { force }));
  },
};
