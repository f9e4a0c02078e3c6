import type { CallerConnection } from '../../platform/http/request-origin.js';
import type { PasswordHasher } from './password-hasher.js';
import { normalizePassword } from './password-policy.js';

/** The form of a password that a hash was made from; `undefined` if the password does not match. */
export type MatchedForm = 'normalized' | 'as typed' | undefined;

/** The caller of a comparison. */
export interface Comparer {
  readonly connection?: CallerConnection | undefined;
  /** Called when a form of the password does not match. The comparison of another form may still be refused. */
  onMismatch?(): unknown;
}

/**
 * Compares a password, normalised first. Other systems may have hashed it as it was typed. The number of comparisons of a
 * wrong password depends only on the password, so it reveals nothing about the account.
 */
export async function comparePassword(
  hasher: PasswordHasher,
  typed: string,
  hash: string | undefined,
  comparer: Comparer = {},
): Promise<MatchedForm> {
  const normalized = normalizePassword(typed);
  // Some libraries return an object in either case.
  const matches = async (password: string): Promise<boolean> =>
    ((await hasher.verify(password, hash, comparer.connection)) as unknown) === true;
  if (await matches(normalized)) return 'normalized';
  comparer.onMismatch?.();
  return normalized !== typed && (await matches(typed)) ? 'as typed' : undefined;
}
