import type { CallerConnection } from '../../platform/http/request-origin.js';
import type { PasswordHasher } from './password-hasher.js';
import { normalizePassword } from './password-policy.js';

/** The form of a password that a hash was made from; `undefined` if the password does not match. */
export type MatchedForm = 'normalized' | 'as typed' | undefined;

/**
 * Compares a password, normalised first. Other systems may have hashed it as it was typed. The number of comparisons of a
 * wrong password depends only on the password, so it reveals nothing about the account.
 */
export async function comparePassword(
  hasher: PasswordHasher,
  typed: string,
  hash: string | undefined,
  caller?: CallerConnection,
): Promise<MatchedForm> {
  const normalized = normalizePassword(typed);
  if (await hasher.verify(normalized, hash, caller)) return 'normalized';
  return normalized !== typed && (await hasher.verify(typed, hash, caller)) ? 'as typed' : undefined;
}
