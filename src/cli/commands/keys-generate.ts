import type { CliCommand } from './cli-command.js';
import type { AsymmetricAlgorithm } from '@auth-subgraph/verifier';

/** A record, so that a missing or unknown algorithm is a compile error. */
const ALGORITHMS: Readonly<Record<AsymmetricAlgorithm, true>> = { ES256: true, RS256: true, PS256: true };

export const generateKeyCommand: CliCommand = {
  name: 'keys generate',
  summary: 'Add a key to JWT_KEYS_FILE.',
  details:
    'The first key of the file signs at once. Any other key is published and waits for `keys rotate`, so that every ' +
    'verifier has fetched it before it signs. The file is created if it is missing, readable by its owner only.',
  arguments: [
    {
      name: 'algorithm',
      description: 'the signature algorithm; ES256 by default',
      isOptional: true,
      choices: Object.keys(ALGORITHMS),
    },
  ],
  example: 'keys generate ES256',
  readsSettingsTo: 'keys',
  logsTo: 'stderr',
  run: async ({ settings }, { algorithm = 'ES256' }: { algorithm?: AsymmetricAlgorithm }) => {
    const { newRingKey } = await import('../keys/key-pair.js');
    const { publish } = await import('../keys/key-rotation-policy.js');
    const { changeServiceRing, ringFileOf } = await import('../keys/key-ring-report.js');
    const { systemClock } = await import('../../platform/clock.js');
    ringFileOf(settings);
    const key = await newRingKey(algorithm, systemClock.now());
    return changeServiceRing(settings, (ring) => publish(ring, key), []);
  },
};
