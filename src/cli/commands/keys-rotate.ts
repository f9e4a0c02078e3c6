import type { CliCommand } from './cli-command.js';

export const rotateKeysCommand: CliCommand = {
  name: 'keys rotate',
  summary: 'Have the newest published key sign.',
  details: 'The previous key stays in the file and verifies the tokens that it has signed, until `keys retire`.',
  options: [{ name: 'force', description: 'do not wait until every verifier has read the key' }],
  example: 'keys rotate',
  readsSettingsTo: 'keys',
  logsTo: 'stderr',
  run: async ({ settings }, { force = false }: { force?: boolean }) => {
    const { changeServiceRing } = await import('../keys/key-ring-report.js');
    const { rotate } = await import('../keys/key-rotation-policy.js');
    return changeServiceRing(settings, (ring, now) => rotate(ring, now, { force }));
  },
};
