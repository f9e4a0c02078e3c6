import type { Core } from '../../core/composition/core.js';
import type { CoreConfig } from '../../core/composition/core.options.js';
import type { PasswordFeatureConfig } from './password.options.js';
import { PasswordResetRequested, type PasswordResetLinkRequested } from './password.events.js';

type ResetLinkDependencies = Pick<
  Core<CoreConfig & PasswordFeatureConfig>,
  'config' | 'oneTimeTokenService' | 'userRepository'
>;

/** Decides whether a requested reset link is sent. */
export class ResetLinkService {
  constructor(private readonly deps: ResetLinkDependencies) {}

  async create({ email, eventId }: PasswordResetLinkRequested): Promise<void> {
    const { config, oneTimeTokenService, userRepository } = this.deps;
    const user = await userRepository.findActiveByEmail(email);
    if (!user) return;
    await oneTimeTokenService.create(user, {
      id: eventId,
      purpose: 'RESET_PASSWORD',
      claimId: null,
      ttlSeconds: config.password.resetTokenTtlSeconds,
      created: PasswordResetRequested,
    });
  }
}
