import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { readKey, toPublicJwk, type AsymmetricKey, type PublicJwk } from '../kernel/asymmetric-key.js';
import { addSeconds, systemClock, type Clock } from '../kernel/clock.js';
import { signAccessToken, type TokenParties } from '../tokens/access-token.js';
import { asymmetricSigningKeys } from '../tokens/signing-keys.js';
import { startJwksServer, type JwksServer } from './jwks-server.js';

const LIFETIME_SECONDS = 15 * 60;

export interface TestAuthOptions extends Partial<TokenParties> {
  /** What tokens are issued and expire by. Default: the machine's clock. */
  readonly clock?: Clock;
}

/** What a test token says; everything has a default. */
export interface TestTokenGrant {
  /** A UUID; a new one by default, as is the session's. */
  readonly userId?: string;
  readonly sessionId?: string;
  readonly scopes?: readonly string[];
  /** Claims of your own, beside those that every token has. */
  readonly claims?: Readonly<Record<string, unknown>>;
  /** How long it is good for, counted from `issuedAt`. Default: 900. Without `issuedAt`, a negative number is how long ago it expired. */
  readonly expiresInSeconds?: number;
  /** Default: now. */
  readonly issuedAt?: Date;
}

/** Signs tokens as an auth service would, so that a subgraph can be tested without one. */
export interface TestAuth {
  /** An access token for the Authorization header. */
  readonly signTestToken: (grant?: TestTokenGrant) => string;
  /** The keys that verify its tokens. */
  readonly publicKeys: readonly PublicJwk[];
  /** The same keys as the auth service publishes them. @see RFC 7517 §5 */
  readonly jwks: { readonly keys: readonly PublicJwk[] };
  /** What to pass to `createTokenVerifier`, with the keys that there are now. */
  readonly verifierOptions: TokenParties & { readonly publicKeys: readonly PublicJwk[]; readonly clock: Clock };
  /** Publishes the keys on a free port of this machine, and goes on doing so after `rotate()`. */
  startJwks(): Promise<JwksServer>;
  /** From now on a new key signs. The older ones are still published. */
  rotate(): void;
}

/** Stands in for the auth service in the tests of another subgraph, with a key of its own that is made on the spot. */
export function createTestAuth(options: TestAuthOptions = {}): TestAuth {
  const { issuer = 'auth-subgraph', audience = 'supergraph', clock = systemClock } = options;
  let keys = [newKey()];
  const publicKeys = (): readonly PublicJwk[] => keys.map(toPublicJwk);
  return {
    signTestToken({ userId = randomUUID(), sessionId = randomUUID(), scopes = [], claims = {}, ...times } = {}) {
      const grant = { userId, sessionId, tokenId: randomUUID(), scopes, claims };
      const { issuedAt, lifetimeSeconds } = lifetimeOf(times, clock.now());
      const parties = { issuer, audience, lifetimeSeconds };
      return signAccessToken({ ...grant, issuedAt }, parties, asymmetricSigningKeys(keys).current).token;
    },
    get publicKeys() {
      return publicKeys();
    },
    get jwks() {
      return { keys: publicKeys() };
    },
    get verifierOptions() {
      return { issuer, audience, clock, publicKeys: publicKeys() };
    },
    startJwks: () => startJwksServer(publicKeys),
    rotate() {
      keys = [newKey(), ...keys];
    },
  };
}

function newKey(): AsymmetricKey {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return readKey(privateKey.export({ format: 'jwk' }));
}

/** A token has to be issued before it expires, in the past as well. */
function lifetimeOf(
  { issuedAt, expiresInSeconds = LIFETIME_SECONDS }: Pick<TestTokenGrant, 'issuedAt' | 'expiresInSeconds'>,
  now: Date,
): { issuedAt: Date; lifetimeSeconds: number } {
  if (issuedAt || expiresInSeconds > 0) return { issuedAt: issuedAt ?? now, lifetimeSeconds: expiresInSeconds };
  return { issuedAt: addSeconds(now, expiresInSeconds - LIFETIME_SECONDS), lifetimeSeconds: LIFETIME_SECONDS };
}
