import type { EventRecorder } from '../../core/events/recorded-event.js';
import type { Clock } from '../../platform/clock.js';
import { InvalidInputError } from '../../core/errors/errors.js';
import { RolesChanged } from './role.events.js';
import { isUuid } from '../../platform/random.js';
import { normalizeEmailAddress } from '../../core/users/email-address.js';
import { normalizeRoles } from './role-list.js';
import type { UserRepository } from '../../core/users/user.repository.js';
import type { User } from '../../core/users/user.js';
import type { RoleRepository } from './role.repository.js';

export interface RoleDependencies {
  readonly userRepository: UserRepository;
  readonly roleRepository: RoleRepository;
  readonly eventRecorder: EventRecorder;
  readonly clock: Clock;
}

/** For operators and hosts: which roles a user has. */
export class RoleService {
  constructor(private readonly deps: RoleDependencies) {}

  /**
   * Gives a user these roles and no others. Access tokens that were issued before are stale from then on; roles that the
   * user has already change nothing.
   * @throws InvalidInputError there is no such user, or a role cannot be a scope
   * @see RFC 6749 §3.3
   */
  async set(userId: string, roles: readonly string[]): Promise<User> {
    const { clock, eventRecorder, roleRepository } = this.deps;
    const wanted = normalizeRoles(roles);
    const changed = eventRecorder.record(RolesChanged, { userId, roles: wanted });
    const user = isUuid(userId) ? await roleRepository.setRoles(userId, wanted, clock.now(), [changed]) : undefined;
    if (!user) throw new InvalidInputError('userId', 'There is no such user.');
    return user;
  }

  /**
   * The active user of an address.
   * @throws InvalidInputError there is none
   */
  async findByEmail(email: string): Promise<User> {
    const address = normalizeEmailAddress(email);
    const user = address === undefined ? undefined : await this.deps.userRepository.findActiveByEmail(address);
    if (!user) throw new InvalidInputError('email', 'No active account has this address.');
    return user;
  }
}
