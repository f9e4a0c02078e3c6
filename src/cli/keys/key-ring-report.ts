import type { ServiceSettings } from '../../config/service-settings.js';
import { systemClock } from '../../platform/clock.js';
import { changeRing } from './key-ring-file.js';
import { mayRetireFrom, maySignFrom, stateOf, type KeyRing, type RingKey } from './key-rotation-policy.js';
import { ConfigError } from '../../platform/options/config-error.js';
import { parseDurationSeconds } from '../../platform/options/duration.js';

/** Where the ring of the service is. @throws ConfigError the settings do not say */
export function ringFileOf({ jwt }: ServiceSettings): string {
  if (jwt.keysFile !== undefined) return jwt.keysFile;
  throw new ConfigError([
    { path: 'jwt.keysFile', problem: 'is missing; set the path of the file that holds the keys' },
  ]);
}

/** How long access tokens are valid, and with them the keys that have signed them. */
export function tokenLifetimeOf({ jwt }: ServiceSettings): number {
  return parseDurationSeconds(jwt.accessTokenExpiration) ?? 0;
}

/** Changes the ring of the service and returns what it holds then, line by line. */
export async function changeServiceRing(
  settings: ServiceSettings,
  change: (ring: KeyRing, now: Date) => KeyRing,
): Promise<string> {
  const ring = await changeRing(ringFileOf(settings), (before) => change(before, systemClock.now()));
  return reportOf(ring, settings);
}

/** Each key of a ring, and what may be done with it when. */
export function reportOf(ring: KeyRing, settings: ServiceSettings): string {
  const lifetimeSeconds = tokenLifetimeOf(settings);
  return ring.map((key) => `${key.kid}  ${key.alg}  ${nextStepOf(ring, key, lifetimeSeconds)}`).join('\n');
}

function nextStepOf(ring: KeyRing, key: RingKey, tokenLifetimeSeconds: number): string {
  const state = stateOf(ring, key);
  if (state === 'signing') return 'signs';
  if (state === 'published') return `is published, may sign from ${maySignFrom(key).toISOString()}`;
  return `verifies, may be retired from ${mayRetireFrom(key, tokenLifetimeSeconds)?.toISOString() ?? ''}`;
}
