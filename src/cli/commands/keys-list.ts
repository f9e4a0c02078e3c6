import type { CliCommand } from './cli-command.js';

export const listKeysCommand: CliCommand = {
  name: 'keys list',
  summary: 'List the keys of JWT_KEYS_FILE, and when each can take its next step.',
  details: 'Prints the id, the algorithm and the state of each key. The first one signs.',
  example: 'keys list',
  readsSettingsTo: 'keys',
  logsTo: 'stderr',
  run: async ({ settings }) => {
    const { readRing } = await import('../keys/key-ring-file.js');
    const { reportOf, ringFileOf } = await import('../keys/key-ring-report.js');
    const file = ringFileOf(settings);
    const ring = await readRing(file);
    return ring.length === 0 ? { text: `${file} contains no keys.`, json: [] } : reportOf(ring, settings);
  },
};
