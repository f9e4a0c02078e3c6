import { createHandlers, type AuthHandlers } from '../publications/handlers.js';
import { RevocationFeedService } from '../sessions/revocation-feed.service.js';
import { RevocationRepository } from '../sessions/revocation.repository.js';
import type { Core } from './core.js';

/** What verifiers in other subgraphs are told. The feed is created once, because all callers share its cached results. */
export function createPublications({ accessTokens, clock, config, em, logger, metrics, observed }: Core): {
  readonly revocations: RevocationFeedService;
  readonly handlers: AuthHandlers;
} {
  const revocations = new RevocationFeedService({
    revocationRepository: observed(new RevocationRepository(em)),
    clock,
    tokenLifetimeSeconds: config.jwt.accessTokenExpirationSeconds,
  });
  const handlers = createHandlers({
    publicKeys: () => accessTokens.publicKeys,
    revocations: (cursor) => revocations.list(cursor),
    logger,
    metrics,
  });
  return { revocations, handlers };
}
