import { InvalidInputError } from '../../core/errors/errors.js';
import { isScopeToken } from '@auth-subgraph/verifier/internal';

const MAX_ROLES = 50;
const MAX_ROLE_LENGTH = 64;
/** An access token that names all of them still fits the 4096 characters that verifiers read. */
const MAX_LENGTH_TOGETHER = 1000;

/**
 * The stored form of roles: each once, in the given order.
 * @throws InvalidInputError one cannot be a scope, or there are too many
 */
export function normalizeRoles(roles: readonly string[]): readonly string[] {
  const wanted = [...new Set(roles)];
  if (!wanted.every((role) => isScopeToken(role) && role.length <= MAX_ROLE_LENGTH))
    throw new InvalidInputError(
      'roles',
      `A role is 1 to ${String(MAX_ROLE_LENGTH)} visible ASCII characters without a space, a quotation mark or a backslash.`,
    );
  if (wanted.length > MAX_ROLES) throw new InvalidInputError('roles', `At most ${String(MAX_ROLES)} are possible.`);
  if (wanted.join(' ').length > MAX_LENGTH_TOGETHER)
    throw new InvalidInputError('roles', `Together they are longer than ${String(MAX_LENGTH_TOGETHER)} characters.`);
  return wanted;
}
