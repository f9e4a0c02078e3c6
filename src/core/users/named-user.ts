import { readAccountName } from './account-name.js';
import { UnknownAccountError } from './unknown-account.error.js';
import type { User } from './user.js';
import type { UserRepository } from './user.repository.js';

/**
 * Returns the user with an address or id, active or not.
 * @throws InvalidInputError there is none
 */
export async function findNamedUser(userRepository: UserRepository, name: string): Promise<User> {
  const wanted = readAccountName(name);
  const user = wanted && (await userRepository.findNamed(wanted));
  if (!user) throw new UnknownAccountError('user');
  return user;
}
