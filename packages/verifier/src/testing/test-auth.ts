import { generateKeyPairSync } from 'node:crypto';
import { readKey, toPublicJwk, type AsymmetricKey, type PublicJwk } from '../tokens/asymmetric-key.js';
import { systemClock, type Clock } from '../tokens/clock.js';
import { MAX_ACCESS_TOKEN_SECONDS } from '../tokens/token-limits.js';
import type { TokenParties } from '../tokens/access-token.js';
import { asymmetricSigningKeys } from '../tokens/signing-keys.js';
import { startJwksServer, type JwksServer } from './jwks-server.js';
import { signGrant, type TestTokenGrant } from './test-token.js';

/** The identity and clock of a test auth service. */
export interface TestAuthOptions {
  /** The `iss` claim. Default: auth-subgraph. */
  readonly issuer?: string | undefined;
  /** The `aud` claim. Default: supergraph. */
  readonly audience?: string | undefined;
  /** The clock that tokens are issued and expire by. Default: the machine's clock. */
  readonly clock?: Clock | undefined;
}

/** Signs tokens like an auth service, so that a subgraph can be tested without one. */
export interface TestAuth {
  /**
   * Creates an access token for the Authorization header.
   * @throws TypeError no verifier would accept it even at the time of issue
   */
  readonly signTestToken: (grant?: TestTokenGrant) => string;
  /** The keys that verify its tokens. */
  readonly publicKeys: readonly PublicJwk[];
  /** The same keys as published by the auth service. @see RFC 7517 §5 */
  readonly jwks: { readonly keys: readonly PublicJwk[] };
  /** The options for `createTokenVerifier`, with the current keys. */
  readonly verifierOptions: TokenParties & { readonly publicKeys: readonly PublicJwk[]; readonly clock: Clock };
  /** Publishes keys and revocations on a free local port, including later changes by `rotate()` and `revoke()`. */
  startJwks(): Promise<JwksServer>;
  /** Makes a new key sign from now on. The older keys stay published. */
  rotate(): void;
  /** Ends a session: verifiers with `revocations` reject its tokens after their next poll. */
  revoke(sessionId: string): void;
}

/** Creates a stand-in for the auth service in the tests of another subgraph, with a newly generated key. */
export function createTestAuth(options: TestAuthOptions = {}): TestAuth {
  const { issuer = 'auth-subgraph', audience = 'supergraph', clock = systemClock } = options;
  let keys = [newKey()];
  const publicKeys = (): readonly PublicJwk[] => keys.map(toPublicJwk);
  const jwks = (): TestAuth['jwks'] => ({ keys: publicKeys() });
  const sessions = new Set<string>();
  let cursor = 0;
  const revocations = (): object => {
    return { cursor, tokenLifetimeSeconds: MAX_ACCESS_TOKEN_SECONDS, sessions: [...sessions], users: {} };
  };
  return {
    signTestToken: (grant = {}) =>
      signGrant(grant, { issuer, audience, key: asymmetricSigningKeys(keys).current, now: clock.now() }),
    get publicKeys() {
      return publicKeys();
    },
    get jwks() {
      return jwks();
    },
    get verifierOptions() {
      return { issuer, audience, clock, publicKeys: publicKeys() };
    },
    startJwks: () => startJwksServer({ jwks, revocations }),
    rotate() {
      keys = [newKey(), ...keys];
    },
    revoke(sessionId) {
      sessions.add(sessionId);
      cursor = clock.now().getTime();
    },
  };
}

function newKey(): AsymmetricKey {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return readKey(privateKey.export({ format: 'jwk' }));
}
