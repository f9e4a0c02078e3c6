export { createTestAuth } from './testing/test-auth.js';
export type { TestAuth, TestAuthOptions, TestTokenGrant } from './testing/test-auth.js';
export type { JwksServer } from './testing/jwks-server.js';
