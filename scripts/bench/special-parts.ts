import type { Part } from './options.js';
import type { Started } from './plan/contestants.js';
import { compareTimings } from './operations/enumeration.js';
import { measureRevocations } from './operations/revocations.js';
import { compareVerifiers } from './operations/verification.js';

/** What is measured only on request, with one server. */
export async function runSpecialParts(
  parts: ReadonlySet<Part>,
  seconds: number,
  service: Started | undefined,
  emails: readonly string[],
): Promise<Record<string, unknown>> {
  const url = service?.server.urls[0] ?? '';
  const outcome: Record<string, unknown> = {};
  if (parts.has('enumeration')) outcome['enumeration'] = await compareTimings(url, emails);
  if (parts.has('verification')) outcome['verification'] = await compareVerifiers(seconds);
  // Last, because it fills the table of sessions.
  if (parts.has('revocations'))
    outcome['revocations'] = await measureRevocations(service?.server.database?.url ?? '', url);
  return outcome;
}
