import type { Clock } from '../../platform/clock.js';
import { UnauthenticatedError } from '@auth-subgraph/verifier';
import type { SessionOwner } from '../../core/sessions/session.js';
import type { User } from '../../core/users/user.js';
import { isUuid } from '../../platform/random.js';
import type { FoundUsers, ProfileRepository } from './profile.repository.js';

/** Reads the signed-in user, and users by id. */
export class ProfileService {
  constructor(
    private readonly profileRepository: ProfileRepository,
    private readonly clock: Clock,
  ) {}

  /**
   * Returns the viewer's own account.
   * @throws UnauthenticatedError the session has ended or the account is inactive
   */
  async me(viewer: SessionOwner): Promise<User> {
    const user = isWellFormed(viewer) && (await this.profileRepository.findOwner({ viewer, now: this.clock.now() }));
    if (!user) throw new UnauthenticatedError('SESSION_ENDED');
    return user;
  }

  /** Returns the users with these ids, and whether the viewer's own session is live. Malformed ids belong to no user. */
  async findUsers(ids: readonly string[], viewer: SessionOwner | undefined): Promise<FoundUsers> {
    return this.profileRepository.findUsers({
      ids: ids.filter(isUuid).map((id) => id.toLowerCase()),
      viewer: viewer && isWellFormed(viewer) ? viewer : undefined,
      now: this.clock.now(),
    });
  }
}

function isWellFormed({ userId, sessionId }: SessionOwner): boolean {
  return isUuid(userId) && isUuid(sessionId);
}
