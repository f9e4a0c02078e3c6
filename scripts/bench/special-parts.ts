import type { Options } from './options.js';
import type { Contestant } from './plan/contestant.js';
import { compareTimings } from './operations/enumeration.js';
import { measureRevocations } from './operations/revocations.js';
import { measureStorm } from './operations/storm.js';
import { compareVerifiers } from './operations/verification.js';

/** Measures the parts that run only on request. Only the storm compares servers. */
export async function runSpecialParts(
  { parts, rounds, seconds }: Pick<Options, 'parts' | 'rounds' | 'seconds'>,
  contestants: readonly Contestant[],
  emails: readonly string[],
): Promise<Record<string, unknown>> {
  const service = contestants[0]?.server;
  const url = service?.urls[0] ?? '';
  const outcome: Record<string, unknown> = {};
  if (parts.has('storm')) outcome['storm'] = await measureStorm(contestants, { rounds, seconds });
  if (parts.has('enumeration')) outcome['enumeration'] = await compareTimings(url, emails);
  if (parts.has('verification')) outcome['verification'] = await compareVerifiers(seconds);
  // Last, because it fills the table of sessions.
  if (parts.has('revocations')) outcome['revocations'] = await measureRevocations(service?.database?.url ?? '', url);
  return outcome;
}
