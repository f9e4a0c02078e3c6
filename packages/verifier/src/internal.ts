/**
 * Shared between auth-subgraph and its verifiers. Not covered by semantic versioning: any release may change or remove
 * any of it. Import from the other entry points.
 * @module
 */
export { addSeconds, MAX_CLOCK_SKEW_SECONDS, systemClock, toEpochSeconds } from './tokens/clock.js';
export { freeze } from './tokens/freeze.js';
export { failsafeLogger, silentLogger } from './logger.js';
export { PUBLIC } from './public-mark.js';
export { lowerCaseHeaders, type GivenHeaders } from './request-headers.js';
export { guarded, userRequired } from './resolvers.js';
export { keysByHeader, RESERVED_CLAIMS, signAccessToken, verifyAccessToken } from './tokens/access-token.js';
export type {
  AccessTokenGrant,
  AccessTokenVerification,
  KeysByHeader,
  SignedAccessToken,
  TokenParties,
} from './tokens/access-token.js';
export { ASYMMETRIC_ALGORITHMS, CURVE_PARAMETERS, MAX_KEYS, readKey, toPublicJwk } from './tokens/asymmetric-key.js';
export type { AsymmetricKey } from './tokens/asymmetric-key.js';
export { isScopeToken } from './tokens/scope.js';
export { asymmetricSigningKeys, hmacSigningKeys } from './tokens/signing-keys.js';
export type { SigningKeys } from './tokens/signing-keys.js';
export { KEYS_MAX_AGE_SECONDS, MAX_ACCESS_TOKEN_SECONDS, MIN_SECRET_BYTES } from './tokens/token-limits.js';
export { isUuid } from './tokens/uuid.js';
export { VerifiedTokenCache } from './tokens/verified-token-cache.js';
export { readBearer, rejectionOf, viewerOf } from './viewer-context.js';
