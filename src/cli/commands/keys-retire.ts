import type { CliCommand } from './cli-command.js';

export const retireKeysCommand: CliCommand = {
  name: 'keys retire',
  summary: 'Remove the keys whose tokens have expired.',
  details:
    'With --force it removes every key except the signing key, including keys that wait to sign. Their tokens are then ' +
    'rejected.',
  options: [{ name: 'force', description: 'do not wait for the tokens to expire' }],
  example: 'keys retire',
  readsSettingsTo: 'keys',
  logsTo: 'stderr',
  run: async ({ settings }, { force = false }: { force?: boolean }) => {
    const { changeServiceRing, tokenLifetimeOf } = await import('../keys/key-ring-report.js');
    const { retire } = await import('../keys/key-rotation-policy.js');
    const tokenLifetimeSeconds = tokenLifetimeOf(settings);
    return changeServiceRing(settings, (ring, now) => retire(ring, now, { force, tokenLifetimeSeconds }));
  },
};
