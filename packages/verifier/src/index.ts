export { createTokenVerifier } from './token-verifier.js';
export type { TokenVerifier } from './token-verifier.js';
export type { TokenVerifierOptions } from './verifier-options.js';
export { createViewerContext } from './viewer-context.js';
export type {
  AnonymousViewer,
  AuthenticatedViewer,
  RejectedViewer,
  RequestWithHeaders,
  ServiceViewer,
  Viewer,
  ViewerContext,
} from './viewer-context.js';
export { TokenVerificationError } from './errors.js';
export { ForbiddenError, UnauthenticatedError } from './access-errors.js';
export type { RequestRefusal, UnauthenticatedReason } from './access-errors.js';
export type { RejectionReason } from './errors.js';
export type {
  ServiceTokenClaims as VerifiedServiceToken,
  UserTokenClaims as VerifiedToken,
} from './tokens/token-claims.js';
export { KeyError } from './tokens/asymmetric-key.js';
export type { AsymmetricAlgorithm, KeySource, PublicJwk } from './tokens/asymmetric-key.js';
export type { Clock } from './tokens/clock.js';
export type { Logger } from './logger.js';
export { protectResolvers, requireScopes, requireViewer } from './resolvers.js';
