export { createTokenVerifier } from './verifier/token-verifier.js';
export type { TokenVerifier } from './verifier/token-verifier.js';
export type { TokenVerifierOptions } from './verifier/verifier-options.js';
export { createViewerContext } from './verifier/viewer-context.js';
export type {
  AnonymousViewer,
  AuthenticatedViewer,
  RejectedViewer,
  RequestWithHeaders,
  Viewer,
  ViewerContext,
} from './verifier/viewer-context.js';
export { TokenVerificationError } from './verifier/errors.js';
export { ForbiddenError, UnauthenticatedError } from './kernel/access-errors.js';
export type { RejectionReason } from './verifier/errors.js';
export type { AccessTokenClaims as VerifiedToken } from './tokens/access-token.js';
export { KeyError } from './kernel/asymmetric-key.js';
export type { KeySource } from './kernel/asymmetric-key.js';
export type { Clock } from './kernel/clock.js';
export type { Logger } from './kernel/logger.js';
export { protectResolvers, requireScopes, requireViewer } from './verifier/resolvers.js';
