import type { Core } from '../../core/composition/core.js';
import type { Feature } from '../../core/composition/feature.js';
import { RotationRepository } from './rotation.repository.js';
import { newDeviceEmail } from './session.emails.js';
import { RefreshTokenReuseDetected, UserLoggedOut } from './session.events.js';
import { SessionResolver } from './session.resolver.js';
import { SessionService } from './session.service.js';

export interface SessionServices {
  readonly sessions: SessionService;
}

/** Refreshing, listing and ending sessions. */
export const sessions = {
  name: 'sessions',
  events: { UserLoggedOut, RefreshTokenReuseDetected },
  emails: [newDeviceEmail],
  resolvers: [{ type: SessionResolver, create: (services: SessionServices) => new SessionResolver(services.sessions) }],
  services: (core: Core): SessionServices => ({
    sessions: new SessionService({ ...core, rotationRepository: new RotationRepository(core.em, core.statements) }),
  }),
} satisfies Feature;
