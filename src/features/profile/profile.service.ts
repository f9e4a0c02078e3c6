import type { Clock } from '../../platform/clock.js';
import { UnauthenticatedError } from '@auth-subgraph/verifier';
import type { SessionOwner } from '../../core/sessions/session.js';
import type { User } from '../../core/users/user.js';
import type { ProfileRepository } from './profile.repository.js';

/** Answers who the signed-in user is. */
export class ProfileService {
  constructor(
    private readonly profileRepository: ProfileRepository,
    private readonly clock: Clock,
  ) {}

  /**
   * The viewer's own account.
   * @throws UnauthenticatedError the session has ended or the account is not active
   */
  async me(viewer: SessionOwner): Promise<User> {
    const user = await this.profileRepository.findBySession(viewer, this.clock.now());
    if (!user) throw new UnauthenticatedError('SESSION_ENDED');
    return user;
  }

  /** The users with these ids, in no order, and whether the viewer's own session is live. */
  async findByIds(
    ids: readonly string[],
    viewer: SessionOwner | undefined,
  ): Promise<{ users: User[]; viewerIsLive: boolean }> {
    return this.profileRepository.findByIds(ids, viewer, this.clock.now());
  }
}
