import { createTestAuth } from './testing/test-auth.js';

export { createTestAuth };
export type { TestAuth, TestAuthOptions } from './testing/test-auth.js';
export type { TestTokenGrant } from './testing/test-token.js';
export type { JwksServer } from './testing/jwks-server.js';

/** A ready-made auth service for tests: `createTokenVerifier(testAuth.verifierOptions)`. */
export const testAuth = createTestAuth();

/** Signs an access token of `testAuth`. */
export const { signTestToken } = testAuth;
