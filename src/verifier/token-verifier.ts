import { readKey, type KeySource } from '../kernel/asymmetric-key.js';
import { systemClock, type Clock } from '../kernel/clock.js';
import { silentLogger, type Logger } from '../kernel/logger.js';
import {
  keyIdOf,
  keysByHeader,
  verifyAccessToken,
  type AccessTokenClaims,
  type KeysByHeader,
} from '../tokens/access-token.js';
import { hmacSigningKeys, toVerifyingKey } from '../tokens/signing-keys.js';
import { VerifiedTokenCache } from '../tokens/verified-token-cache.js';
import { TokenVerificationError } from './errors.js';
import type { Fetch } from './fetch-json.js';
import { RemoteKeySet } from './remote-key-set.js';
import { RevocationList } from './revocation-list.js';

/** Where the keys come from, exactly one of three; and what a token must say. */
export interface TokenVerifierOptions {
  /** Where the auth service publishes its keys: `https://auth.example.com/.well-known/jwks.json`. */
  readonly jwksUri?: string | undefined;
  /** The secret that an auth service without keys signs with. Whoever has it can also sign. */
  readonly secret?: string | undefined;
  /** Public keys, as PEM text or JWK. */
  readonly publicKeys?: readonly KeySource[] | undefined;
  /** The `iss` claim that tokens must have. Default: auth-subgraph. */
  readonly issuer?: string | undefined;
  /** The `aud` claim that tokens must have. Default: supergraph. */
  readonly audience?: string | undefined;
  /** Asks the auth service again and again which sessions have ended. Without it a token is good until it expires. */
  readonly revocations?:
    | {
        readonly everySeconds: number;
        /** Default: `revocations` beside the keys of `jwksUri`. */
        readonly uri?: string | undefined;
      }
    | undefined;
  /** For how long, in seconds, no key is looked for after one was not found. Default: 30. */
  readonly cooldownSeconds?: number | undefined;
  /** How many verified tokens are remembered, so that their signature is not computed again. Default: 1000; 0 for none. */
  readonly cacheSize?: number | undefined;
  readonly clock?: Clock | undefined;
  /** Hears of keys and revocations that could not be fetched. */
  readonly logger?: Logger | undefined;
  readonly fetch?: Fetch | undefined;
}

export interface TokenVerifier {
  /**
   * What a good access token says.
   * @throws TokenVerificationError the token is not good, or there is no key to tell
   */
  verify(token: string): Promise<AccessTokenClaims>;
  /** Stops to ask for revocations. */
  close(): void;
}

interface Keys {
  known(): KeysByHeader | undefined;
  including(kid: string): KeysByHeader | undefined | Promise<KeysByHeader | undefined>;
}

/**
 * Verifies the access tokens of an auth subgraph in another subgraph, as strictly as the auth subgraph itself does.
 * @throws TypeError the options name no source of keys, or several
 * @throws KeyError a public key cannot be used
 * @see RFC 9068 §4, RFC 8725
 */
export function createTokenVerifier(options: TokenVerifierOptions): TokenVerifier {
  const { issuer = 'auth-subgraph', audience = 'supergraph', cacheSize = 1000, clock = systemClock } = options;
  const keys = keysOf(options);
  const revocations = revocationsOf(options);
  const cache = new VerifiedTokenCache(cacheSize);

  async function verifySignature(token: string): Promise<AccessTokenClaims> {
    const kid = keyIdOf(token);
    if (kid === undefined) throw new TokenVerificationError('TOKEN_INVALID', 'malformed');
    const known = await keys.including(kid);
    if (!known) throw new TokenVerificationError('KEYS_UNAVAILABLE');
    const verified = verifyAccessToken(token, known, { issuer, audience, now: clock.now() });
    if (!verified.ok)
      throw new TokenVerificationError(verified.reason, 'detail' in verified ? verified.detail : undefined);
    cache.add(token, verified.claims, known);
    return verified.claims;
  }

  return {
    async verify(token) {
      const known = keys.known();
      const remembered = known && cache.find(token, known, clock.now());
      const claims = remembered ?? (await verifySignature(token));
      await revocations?.ready;
      const reason = revocations?.reasonAgainst(claims);
      if (reason) throw new TokenVerificationError(reason, 'revoked');
      return claims;
    },
    close: () => revocations?.close(),
  };
}

function keysOf(options: TokenVerifierOptions): Keys {
  const { jwksUri, secret, publicKeys } = options;
  if ([jwksUri, secret, publicKeys].filter((source) => source !== undefined).length !== 1)
    throw new TypeError('set exactly one of jwksUri, secret and publicKeys');
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
  const uri = revocations.uri ?? (jwksUri === undefined ? undefined : new URL('revocations', jwksUri).href);
  if (uri === undefined) throw new TypeError('set revocations.uri, since there is no jwksUri to find it by');
  return new RevocationList({ ...portsOf(options), uri, everySeconds: revocations.everySeconds });
}

function portsOf(options: TokenVerifierOptions): {
  clock: Clock;
  logger: Logger;
  fetch: Fetch;
  cooldownSeconds: number;
} {
  const { clock = systemClock, logger = silentLogger, fetch = globalThis.fetch, cooldownSeconds = 30 } = options;
  return { clock, logger, fetch, cooldownSeconds };
}
