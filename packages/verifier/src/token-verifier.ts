import { readKey } from './tokens/asymmetric-key.js';
import { systemClock, type Clock } from './tokens/clock.js';
import { failsafeLogger, silentLogger, type Logger } from './logger.js';
import type { AccessTokenClaims, UserTokenClaims } from './tokens/token-claims.js';
import { headerIn, keysByHeader, verifyAccessToken, type KeysByHeader } from './tokens/access-token.js';
import { hmacSigningKeys, toVerifyingKey } from './tokens/signing-keys.js';
import { VerifiedTokenCache } from './tokens/verified-token-cache.js';
import { checkVerifierOptions, type TokenVerifierOptions } from './verifier-options.js';
import { TokenVerificationError } from './errors.js';
import { describeFailure, type Fetch } from './fetch-json.js';
import { RemoteKeySet } from './remote-key-set.js';
import { RevocationList } from './revocation-list.js';

/** Verifies access tokens. */
export interface TokenVerifier {
  /**
   * Returns the contents of a user's valid access token.
   * @throws TokenVerificationError the token is invalid or belongs to a service account, or no keys are available
   */
  verify(token: string): Promise<UserTokenClaims>;
  /**
   * Returns the contents of a valid access token of a user or a service account.
   * @throws TokenVerificationError the token is invalid, or no keys are available
   */
  verifyAny(token: string): Promise<AccessTokenClaims>;
  /** Stops polling for revocations, and ends requests that are under way. */
  close(): void;
}

interface Keys {
  known(): KeysByHeader | undefined;
  including(header: string): KeysByHeader | undefined | Promise<KeysByHeader | undefined>;
  close?(): void;
}

/**
 * Creates a verifier for the access tokens of an auth subgraph, for use in another subgraph. It is as strict as the
 * auth subgraph itself.
 * @throws TypeError the options would accept no token or any token
 * @throws KeyError a public key is unusable
 * @see RFC 9068 §4, RFC 8725
 */
export function createTokenVerifier(options: TokenVerifierOptions): TokenVerifier {
  checkVerifierOptions(options);
  const { issuer = 'auth-subgraph', audience = 'supergraph', cacheSize = 1000 } = options;
  const { clock, logger } = portsOf(options);
  const keys = keysOf(options);
  const revocations = revocationsOf(options);
  const cache = new VerifiedTokenCache(cacheSize);

  async function verifySignature(token: string): Promise<AccessTokenClaims> {
    const header = headerIn(token);
    if (header === undefined) throw new TokenVerificationError('TOKEN_INVALID', 'malformed');
    const known = await keys.including(header);
    if (!known) throw new TokenVerificationError('KEYS_UNAVAILABLE');
    const verified = verifyAccessToken(token, known, { issuer, audience, now: clock.now() });
    if (!verified.ok)
      throw new TokenVerificationError(verified.reason, 'detail' in verified ? verified.detail : undefined);
    cache.add(token, verified.claims, known);
    return verified.claims;
  }

  async function verifyAny(token: string): Promise<AccessTokenClaims> {
    // JavaScript callers pass on whatever a request contains.
    if (typeof token !== 'string') throw new TokenVerificationError('TOKEN_INVALID', 'malformed');
    const known = keys.known();
    const remembered = known && cache.find(token, known, clock.now());
    const claims = remembered ?? (await verifySignature(token));
    await revocations?.ready;
    const reason = revocations?.reasonAgainst(claims);
    if (reason) throw new TokenVerificationError(reason, 'revoked');
    return claims;
  }

  const logged = <Claims>(claims: Promise<Claims>): Promise<Claims> =>
    claims.catch((error: unknown) => {
      logRejection(error, logger);
      throw error;
    });
  return {
    verify: (token) => logged(verifyAny(token).then(requireUser)),
    verifyAny: (token) => logged(verifyAny(token)),
    close: () => closeBoth(keys, revocations),
  };
}

function logRejection(error: unknown, logger: Logger): void {
  if (error instanceof TokenVerificationError) {
    const { code, detail } = error;
    logger.debug({ code, detail }, 'rejected an access token');
  } else logger.error({ problem: describeFailure(error) }, 'an access token could not be verified');
}

function closeBoth(keys: Keys, revocations: RevocationList | undefined): void {
  keys.close?.();
  revocations?.close();
}

function requireUser(claims: AccessTokenClaims): UserTokenClaims {
  if ('serviceId' in claims) throw new TokenVerificationError('TOKEN_INVALID', 'of a service account');
  return claims;
}

function keysOf(options: TokenVerifierOptions): Keys {
  const { jwksUri, secret, publicKeys } = options;
  if (jwksUri !== undefined) return new RemoteKeySet({ ...portsOf(options), uri: jwksUri });
  const known = keysByHeader(
    secret === undefined
      ? (publicKeys ?? []).map((key) => toVerifyingKey(readKey(key)))
      : hmacSigningKeys(secret).verifying,
  );
  return { known: () => known, including: () => known };
}

function revocationsOf(options: TokenVerifierOptions): RevocationList | undefined {
  const { jwksUri, revocations } = options;
  if (!revocations) return undefined;
  const uri = revocations.uri ?? new URL('../revocations', jwksUri).href;
  return new RevocationList({ ...portsOf(options), uri, everySeconds: revocations.everySeconds });
}

function portsOf(options: TokenVerifierOptions): {
  clock: Clock;
  logger: Logger;
  fetch: Fetch;
  cooldownSeconds: number;
} {
  const { clock = systemClock, logger = silentLogger, fetch = globalThis.fetch, cooldownSeconds = 30 } = options;
  return { clock, logger: failsafeLogger(logger), fetch, cooldownSeconds };
}
