import type { KeySource } from './tokens/asymmetric-key.js';
import type { Clock } from './clock.js';
import type { Logger } from './logger.js';
import type { Fetch } from './fetch-json.js';

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
        /**
         * Where the auth service publishes them. Default: `../revocations`, as seen from `jwksUri`; the feed of
         * `https://example.com/auth/.well-known/jwks.json` is at `https://example.com/auth/revocations`.
         */
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

const LONGEST_INTERVAL_SECONDS = 24 * 60 * 60;

/**
 * Refuses options that would verify nothing, or everything.
 * @throws TypeError naming the first of them
 */
export function checkVerifierOptions(options: TokenVerifierOptions): void {
  const given = (options as TokenVerifierOptions | null | undefined) ?? {};
  const { jwksUri, secret, publicKeys, issuer, audience, cacheSize, cooldownSeconds, revocations } = given;
  const refuseUnless = (holds: boolean, problem: string): void => {
    if (!holds) throw new TypeError(problem);
  };
  const sources = [jwksUri, secret, publicKeys].filter((source) => source !== undefined);
  refuseUnless(sources.length === 1, 'set exactly one of jwksUri, secret and publicKeys');
  refuseUnless(isAddress(jwksUri), 'jwksUri must be an absolute http(s) address');
  refuseUnless(secret === undefined || isText(secret), 'secret must be a string of at least 32 bytes');
  refuseUnless(publicKeys === undefined || Array.isArray(publicKeys), 'publicKeys must be a list of keys');
  refuseUnless(publicKeys?.length !== 0, 'publicKeys names no key');
  refuseUnless([issuer ?? 'x', audience ?? 'x'].every(isText), 'issuer and audience must be non-empty strings');
  refuseUnless(Number.isSafeInteger(cacheSize ?? 0) && (cacheSize ?? 0) >= 0, 'cacheSize must be a number from 0 on');
  refuseUnless(
    [undefined, 0].includes(cooldownSeconds) || isInterval(cooldownSeconds),
    'cooldownSeconds must be from 0 to a day',
  );
  refuseUnless(
    !revocations || isInterval(revocations.everySeconds),
    'revocations.everySeconds must be more than 0 and at most a day',
  );
  refuseUnless(isAddress(revocations?.uri), 'revocations.uri must be an absolute http(s) address');
  refuseUnless(
    !revocations || jwksUri !== undefined || revocations.uri !== undefined,
    'set revocations.uri, since there is no jwksUri to find it by',
  );
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function isAddress(uri: string | undefined): boolean {
  return uri === undefined || (URL.canParse(uri) && /^https?:/i.test(uri));
}

function isInterval(seconds: number | undefined): boolean {
  return seconds !== undefined && seconds > 0 && seconds <= LONGEST_INTERVAL_SECONDS;
}
