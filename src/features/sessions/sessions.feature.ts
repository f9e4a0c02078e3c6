import { sessionsOptions, type SessionsConfig } from './sessions.options.js';
import type { CoreConfig } from '../../core/composition/core.options.js';
import type { Core } from '../../core/composition/core.js';
import type { Feature } from '../../core/composition/feature.js';
import { OperatorSessionRepository } from './operator-session.repository.js';
import { OperatorSessionResolver } from './operator-session.resolver.js';
import { OperatorSessionService } from './operator-session.service.js';
import { listSessionsCommand } from './list-sessions.command.js';
import { revokeSessionsCommand } from './revoke-sessions.command.js';
import { RotationRepository } from './rotation.repository.js';
import { newDeviceEmail } from './session.emails.js';
import { RefreshTokenReuseDetected, UserLoggedOut } from './session.events.js';
import { SessionResolver } from './session.resolver.js';
import { SessionService } from './session.service.js';

export interface SessionServices {
  readonly sessions: SessionService;
  /** Ends sessions of any user, for operators. */
  readonly operatorSessions: OperatorSessionService;
}

/** Refreshing, listing and ending sessions. */
export const sessions = {
  name: 'sessions',
  options: sessionsOptions,
  events: { UserLoggedOut, RefreshTokenReuseDetected },
  emails: [newDeviceEmail],
  resolvers: [{ type: SessionResolver, create: (services: SessionServices) => new SessionResolver(services.sessions) }],
  managementResolvers: [
    {
      type: OperatorSessionResolver,
      create: ({ operatorSessions }: SessionServices) => new OperatorSessionResolver(operatorSessions),
    },
  ],
  services: (core: Core<CoreConfig & SessionsConfig>): SessionServices => ({
    sessions: new SessionService({
      ...core,
      limit: core.rateLimits.deferred('refresh', core.config.rateLimits.refresh),
      rotationRepository: core.observed(new RotationRepository(core.em, core.statements, core)),
    }),
    operatorSessions: new OperatorSessionService({
      ...core,
      operatorSessionRepository: core.observed(new OperatorSessionRepository(core.em)),
    }),
  }),
  commands: [listSessionsCommand, revokeSessionsCommand],
} satisfies Feature;
