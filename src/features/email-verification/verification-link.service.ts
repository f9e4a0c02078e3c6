import type { Core } from '../../core/composition/core.js';
import type { VerificationLinkRequested } from '../../core/users/user.events.js';
import { EmailVerificationRequested } from './email-verification.events.js';

/** Decides whether a requested verification link is sent. */
export class VerificationLinkService {
  constructor(private readonly deps: Pick<Core, 'config' | 'oneTimeTokenService' | 'userRepository'>) {}

  async create({ email, eventId, claimId }: VerificationLinkRequested): Promise<void> {
    const { config, oneTimeTokenService, userRepository } = this.deps;
    const user = await userRepository.findActiveByEmail(email);
    if (user?.emailVerifiedAt !== null) return;
    await oneTimeTokenService.create(user, {
      id: eventId,
      purpose: 'VERIFY_EMAIL',
      claimId,
      ttlSeconds: config.registration.verificationTokenTtlSeconds,
      created: EmailVerificationRequested,
    });
  }
}
