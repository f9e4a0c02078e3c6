import type { ServiceSettings } from '../../config/service-settings.js';
import { ASYMMETRIC_ALGORITHMS } from '@auth-subgraph/verifier/internal';
import { systemClock } from '../../platform/clock.js';
import { changeRing, readRing } from '../keys/key-ring-file.js';
import { newRingKey } from '../keys/key-pair.js';
import {
  mayRetireFrom,
  maySignFrom,
  publish,
  retire,
  rotate,
  stateOf,
  type KeyRing,
  type RingKey,
} from '../keys/key-rotation-policy.js';
import { ConfigError } from '../../platform/options/config-error.js';
import { parseDurationSeconds } from '../../platform/options/duration.js';

type Command = (file: string, settings: ServiceSettings) => Promise<string>;

/** What `auth-subgraph keys …` asks for; undefined when it asks for nothing that there is. */
export function keyCommandOf([name, option, ...rest]: readonly string[]): Command | undefined {
  if (rest.length > 0) return undefined;
  if (name === 'generate') return generate(option);
  if (name === 'list' && option === undefined) return list;
  if (option !== undefined && option !== '--force') return undefined;
  const force = option !== undefined;
  if (name === 'rotate') return change((ring, now) => rotate(ring, now, { force }));
  if (name === 'retire')
    return change((ring, now, tokenLifetimeSeconds) => retire(ring, now, { force, tokenLifetimeSeconds }));
  return undefined;
}

/** Runs a command on the ring that the settings name. @throws ConfigError they name none */
export async function runKeyCommand(command: Command, settings: ServiceSettings): Promise<string> {
  const { keysFile } = settings.jwt;
  if (keysFile === undefined)
    throw new ConfigError([
      { path: 'jwt.keysFile', problem: 'is missing; set the path of the file that holds the keys' },
    ]);
  return command(keysFile, settings);
}

function generate(option = 'ES256'): Command | undefined {
  const algorithm = ASYMMETRIC_ALGORITHMS.find((name) => name === option);
  if (!algorithm) return undefined;
  return async (file, settings) => {
    const key = await newRingKey(algorithm, systemClock.now());
    return describe(await changeRing(file, (ring) => publish(ring, key)), settings);
  };
}

const list: Command = async (file, settings) => {
  const ring = await readRing(file);
  return ring.length === 0 ? `There are no keys in ${file}.` : describe(ring, settings);
};

function change(step: (ring: KeyRing, now: Date, tokenLifetimeSeconds: number) => KeyRing): Command {
  return async (file, settings) => {
    const lifetime = lifetimeOf(settings);
    return describe(await changeRing(file, (ring) => step(ring, systemClock.now(), lifetime)), settings);
  };
}

function lifetimeOf({ jwt }: ServiceSettings): number {
  return parseDurationSeconds(jwt.accessTokenExpiration) ?? 0;
}

function describe(ring: KeyRing, settings: ServiceSettings): string {
  return ring.map((key) => `${key.kid}  ${key.alg}  ${next(ring, key, lifetimeOf(settings))}`).join('\n');
}

function next(ring: KeyRing, key: RingKey, tokenLifetimeSeconds: number): string {
  const state = stateOf(ring, key);
  if (state === 'signing') return 'signs';
  if (state === 'published') return `is published, may sign from ${maySignFrom(key).toISOString()}`;
  return `verifies, may be retired from ${mayRetireFrom(key, tokenLifetimeSeconds)?.toISOString() ?? ''}`;
}
