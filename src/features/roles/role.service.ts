import type { EventRecorder } from '../../core/events/recorded-event.js';
import type { Clock } from '../../platform/clock.js';
import { InvalidInputError } from '../../core/errors/errors.js';
import { UnknownAccountError } from '../../core/users/unknown-account.error.js';
import { RolesChanged } from './role.events.js';
import { isUuid } from '../../platform/random.js';
import { normalizeEmailAddress } from '../../core/users/email-address.js';
import { MAX_LENGTH_TOGETHER, MAX_ROLES, normalizeRoles } from '../../core/users/role-list.js';
import type { UserRepository } from '../../core/users/user.repository.js';
import type { User } from '../../core/users/user.js';
import type { RoleChange, RoleRepository } from './role.repository.js';

export interface RoleDependencies {
  readonly userRepository: UserRepository;
  readonly roleRepository: RoleRepository;
  readonly eventRecorder: EventRecorder;
  readonly clock: Clock;
}

/** Reads and sets the roles of users, for operators and applications. */
export class RoleService {
  constructor(private readonly deps: RoleDependencies) {}

  /**
   * Replaces the roles of a user. Access tokens that were issued before become stale, unless the roles are the same.
   * @throws InvalidInputError the user does not exist, or a role is not a valid scope
   * @see RFC 6749 §3.3
   */
  async set(userId: string, roles: readonly string[]): Promise<User> {
    const { clock, eventRecorder, roleRepository } = this.deps;
    const wanted = normalizeRoles(roles);
    const changed = eventRecorder.record(RolesChanged, { userId, roles: wanted });
    const user = isUuid(userId) ? await roleRepository.setRoles(userId, wanted, clock.now(), [changed]) : undefined;
    if (!user) throw new UnknownAccountError('userId', 'The user does not exist.');
    return user;
  }

  /**
   * Adds and removes roles of a user. Access tokens that were issued before become stale if the roles have changed.
   * @throws InvalidInputError the user does not exist, a role is not a valid scope, or there would be too many
   */
  async change(userId: string, { add, remove }: RoleChange): Promise<readonly string[]> {
    const { clock, eventRecorder, roleRepository } = this.deps;
    const change = { add: normalizeRoles(add), remove: normalizeRoles(remove) };
    const event = eventRecorder.record(RolesChanged, { userId, roles: [] });
    const limits = { count: MAX_ROLES, length: MAX_LENGTH_TOGETHER };
    const roles = isUuid(userId)
      ? await roleRepository.changeRoles(userId, change, limits, clock.now(), event)
      : undefined;
    if (roles === undefined) throw new UnknownAccountError('userId', 'The user does not exist.');
    if (roles === 'tooMany')
      throw new InvalidInputError('roles', `A user can have at most ${String(MAX_ROLES)} roles, which fit a token.`);
    return roles;
  }

  /**
   * Returns the active user with an address.
   * @throws InvalidInputError there is none
   */
  async findByEmail(email: string): Promise<User> {
    const address = normalizeEmailAddress(email);
    const user = address === undefined ? undefined : await this.deps.userRepository.findActiveByEmail(address);
    if (!user) throw new UnknownAccountError('email', 'No active account has this address.');
    return user;
  }
}
