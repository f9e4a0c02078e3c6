import type { ServiceSettings } from '../../config/service-settings.js';
import { systemClock } from '../../platform/clock.js';
import { changeRing } from './key-ring-file.js';
import { mayRetireFrom, maySignFrom, stateOf, type KeyRing, type RingKey } from './key-rotation-policy.js';
import type { CommandResult } from '../../platform/commands/command.js';
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

/**
 * Changes the service's key ring and reports each remaining key.
 * @param ifMissing the ring if the file does not exist
 */
export async function changeServiceRing(
  settings: ServiceSettings,
  change: (ring: KeyRing, now: Date) => KeyRing,
  ifMissing?: KeyRing,
): Promise<CommandResult> {
  const ring = await changeRing(ringFileOf(settings), (before) => change(before, systemClock.now()), ifMissing);
  return reportOf(ring, settings);
}

/** Describes each key of a ring and when it can take its next step. */
export function reportOf(ring: KeyRing, settings: ServiceSettings): CommandResult {
  const lifetimeSeconds = tokenLifetimeOf(settings);
  const reports = ring.map((key) => ({
    id: key.kid,
    algorithm: key.alg,
    state: stateOf(ring, key),
    nextStepAt: nextStepAt(ring, key, lifetimeSeconds)?.toISOString() ?? null,
  }));
  const lines = reports.map((key) => `${key.id}  ${key.algorithm}  ${describe(key)}`);
  return { text: lines.join('\n'), json: reports };
}

function nextStepAt(ring: KeyRing, key: RingKey, tokenLifetimeSeconds: number): Date | undefined {
  const state = stateOf(ring, key);
  if (state === 'signing') return undefined;
  return state === 'published' ? maySignFrom(key) : mayRetireFrom(key, tokenLifetimeSeconds);
}

function describe({ state, nextStepAt }: { state: string; nextStepAt: string | null }): string {
  if (state === 'signing') return 'signs';
  if (state === 'published') return `published, can sign from ${String(nextStepAt)}`;
  return `verifies, can be retired from ${nextStepAt ?? ''}`;
}
