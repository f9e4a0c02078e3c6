import type { AuthenticationConfig } from '../../core/authentication/authentication.options.js';
import type { EventRecorder } from '../../core/events/recorded-event.js';
import type { Clock } from '../../platform/clock.js';
import { StateConflictError } from '../../core/errors/state-conflict.error.js';
import {
  accountToChange,
  requireChange,
  requireOwnScopes,
  type ChangedAccount,
} from '../../core/management/change-outcome.js';
import type { Operator } from '../../core/management/operator.js';
import { SessionRevoked } from '../../core/sessions/session.events.js';
import { RolesChanged } from './role.events.js';
import { findNamedUser } from '../../core/users/named-user.js';
import { MAX_LENGTH_TOGETHER, MAX_ROLES, normalizeRoles } from '../../core/users/role-list.js';
import type { UserRepository } from '../../core/users/user.repository.js';
import type { User } from '../../core/users/user.js';
import type { RoleChange, RoleRepository } from './role.repository.js';

const LIMITS = { count: MAX_ROLES, length: MAX_LENGTH_TOGETHER };

export interface RoleDependencies {
  readonly userRepository: UserRepository;
  readonly roleRepository: RoleRepository;
  readonly eventRecorder: EventRecorder;
  readonly config: AuthenticationConfig;
  readonly clock: Clock;
}

/** Reads and sets the roles of users, for operators and applications. */
export class RoleService {
  constructor(private readonly deps: RoleDependencies) {}

  /**
   * Replaces the roles of a user. Access tokens that were issued before become stale, unless the roles are the same. With
   * `registration.requireEmailVerification`, a user with an unverified address who gets a role loses the password, because
   * anybody may have registered the address.
   * @throws InvalidInputError the user does not exist, or a role is not a valid scope
   * @see RFC 6749 §3.3
   */
  async set(userId: string, roles: readonly string[]): Promise<User> {
    return (await this.apply(userId, normalizeRoles(roles))).record;
  }

  /**
   * Adds and removes roles of a user, like `set`.
   * @throws InvalidInputError a role is not a valid scope, there would be too many, or the user does not exist
   * @throws AccountProtectedError the operator may not change the account, or gives or takes an `auth:` role without having it
   */
  async change(userId: string, { add, remove }: RoleChange, operator?: Operator): Promise<ChangedAccount> {
    const change = { add: normalizeRoles(add), remove: normalizeRoles(remove) };
    requireOwnScopes([...change.add, ...change.remove], operator);
    return this.apply(userId, change, operator);
  }

  private async apply(
    userId: string,
    wanted: readonly string[] | RoleChange,
    operator?: Operator,
  ): Promise<ChangedAccount> {
    const { clock, config, eventRecorder, roleRepository } = this.deps;
    const account = accountToChange(userId, operator);
    // The statement adds the roles, and the id of each session.
    const events = {
      changed: eventRecorder.record(RolesChanged, { userId: account.userId, roles: [] }),
      sessionEnded: eventRecorder.record(SessionRevoked, {
        userId: account.userId,
        sessionId: '',
        reason: 'REVOKED_BY_OPERATOR',
      }),
    };
    const unproven = config.registration.requireEmailVerification ? 'discarded' : 'kept';
    const { fits, isTooSoon, ...outcome } = await roleRepository.change(
      account,
      wanted,
      LIMITS,
      clock.now(),
      events,
      unproven,
    );
    const changed = requireChange(outcome, operator);
    if (!fits)
      throw new StateConflictError('roles', `A user can have at most ${String(MAX_ROLES)} roles, which fit a token.`);
    if (isTooSoon)
      throw new StateConflictError(
        'roles',
        'The roles of this user have just changed too often, or a clock is wrong. Try again in a few seconds.',
      );
    return changed;
  }

  /**
   * Returns the user with an address or id, active or not.
   * @throws InvalidInputError there is none
   */
  async find(name: string): Promise<User> {
    return findNamedUser(this.deps.userRepository, name);
  }
}
