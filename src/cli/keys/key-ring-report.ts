import type { ServiceSettings } from '../../config/service-settings.js';
import { systemClock } from '../../platform/clock.js';
import { changeRing } from './key-ring-file.js';
import { mayRetireFrom, maySignFrom, stateOf, type KeyRing, type RingKey } from './key-rotation-policy.js';
import { ConfigError } from '../../platform/options/config-error.js';
import { parseDurationSeconds } from '../../platform/options/duration.js';

/** The path of the service's key ring. @throws ConfigError the settings do not contain it */
export function ringFileOf({ jwt }: ServiceSettings): string {
  if (jwt.keysFile !== undefined) return jwt.keysFile;
  throw new ConfigError([
    { path: 'jwt.keysFile', problem: 'is missing; set the path of the file that holds the keys' },
  ]);
}

/** How long an access token is valid, and therefore how long its key must stay. */
export function tokenLifetimeOf({ jwt }: ServiceSettings): number {
  return parseDurationSeconds(jwt.accessTokenExpiration) ?? 0;
}

/** Changes the service's key ring and returns one line for each remaining key. */
export async function changeServiceRing(
  settings: ServiceSettings,
  change: (ring: KeyRing, now: Date) => KeyRing,
): Promise<string> {
  const ring = await changeRing(ringFileOf(settings), (before) => change(before, systemClock.now()));
  return reportOf(ring, settings);
}

/** Describes each key of a ring and when it can take its next step. */
export function reportOf(ring: KeyRing, settings: ServiceSettings): string {
  const lifetimeSeconds = tokenLifetimeOf(settings);
  return ring.map((key) => `${key.kid}  ${key.alg}  ${nextStepOf(ring, key, lifetimeSeconds)}`).join('\n');
}

function nextStepOf(ring: KeyRing, key: RingKey, tokenLifetimeSeconds: number): string {
  const state = stateOf(ring, key);
  if (state === 'signing') return 'signs';
  if (state === 'published') return `published, can sign from ${maySignFrom(key).toISOString()}`;
  return `verifies, can be retired from ${mayRetireFrom(key, tokenLifetimeSeconds)?.toISOString() ?? ''}`;
}
