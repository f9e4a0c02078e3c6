import type { KeySource } from './tokens/asymmetric-key.js';
import type { Clock } from './tokens/clock.js';
import type { Logger } from './logger.js';
import type { Fetch } from './fetch-json.js';

/** The source of the keys, exactly one of three, and what a token must contain. */
export interface TokenVerifierOptions {
  /** Where the auth service publishes its keys: `https://auth.example.com/.well-known/jwks.json`. */
  readonly jwksUri?: string | undefined;
  /** The secret of an auth service that has no keys. Anyone who knows it can also sign tokens. */
  readonly secret?: string | undefined;
  /** Public keys, as PEM text or JWK. */
  readonly publicKeys?: readonly KeySource[] | undefined;
  /**
   * The required `iss` claim.
   * @default 'auth-subgraph'
   */
  readonly issuer?: string | undefined;
  /**
   * The required `aud` claim.
   * @default 'supergraph'
   */
  readonly audience?: string | undefined;
  /** Polls the auth service for sessions that have ended. Without it, a token is valid until it expires. */
  readonly revocations?:
    | {
        readonly everySeconds: number;
        /**
         * The URL of the feed. Default: `../revocations`, relative to `jwksUri`; for
         * `https://example.com/auth/.well-known/jwks.json` it is `https://example.com/auth/revocations`.
         */
        readonly uri?: string | undefined;
      }
    | undefined;
  /**
   * How many seconds to wait after the keys were fetched before they are fetched again for an unknown key.
   * @default 30
   */
  readonly cooldownSeconds?: number | undefined;
  /**
   * How many verified tokens are cached, so that their signature is not computed again; 0 disables the cache.
   * @default 1000
   */
  readonly cacheSize?: number | undefined;
  /**
   * Where the time is read.
   * @default the clock of the machine
   */
  readonly clock?: Clock | undefined;
  /** Logs failures to fetch keys and revocations. */
  readonly logger?: Logger | undefined;
  /**
   * Fetches keys and revocations.
   * @default the global `fetch`
   */
  readonly fetch?: Fetch | undefined;
}

const LONGEST_INTERVAL_SECONDS = 24 * 60 * 60;

/** The names of all options. */
const NAMES = {
  jwksUri: 1,
  secret: 1,
  publicKeys: 1,
  issuer: 1,
  audience: 1,
  revocations: 1,
  cooldownSeconds: 1,
  cacheSize: 1,
  clock: 1,
  logger: 1,
  fetch: 1,
} satisfies Record<keyof TokenVerifierOptions, 1>;
const REVOCATION_NAMES = { everySeconds: 1, uri: 1 } satisfies Record<
  keyof NonNullable<TokenVerifierOptions['revocations']>,
  1
>;
const LOG_METHODS = ['debug', 'info', 'warn', 'error'] as const;

/**
 * Rejects options that would accept no token or any token.
 * @throws TypeError naming the first problem
 */
export function checkVerifierOptions(options: TokenVerifierOptions): void {
  const given = (options as TokenVerifierOptions | null | undefined) ?? {};
  const { jwksUri, secret, publicKeys, issuer, audience, cacheSize, cooldownSeconds, revocations } = given;
  refuseUnknown(given, NAMES);
  refuseUnknown(revocations ?? {}, REVOCATION_NAMES, 'revocations.');
  checkPorts(given);
  const refuseUnless = (holds: boolean, problem: string): void => {
    if (!holds) throw new TypeError(problem);
  };
  const sources = [jwksUri, secret, publicKeys].filter((source) => source !== undefined);
  refuseUnless(sources.length === 1, 'set exactly one of jwksUri, secret and publicKeys');
  refuseUnless(isAddress(jwksUri), 'jwksUri must be an absolute http(s) address without credentials');
  refuseUnless(
    secret === undefined || isText(secret),
    'secret must be a string of at least 32 bytes without white space around it',
  );
  refuseUnless(publicKeys === undefined || Array.isArray(publicKeys), 'publicKeys must be a list of keys');
  refuseUnless(publicKeys?.length !== 0, 'publicKeys is empty');
  refuseUnless(
    [issuer, audience].every((party) => party === undefined || isText(party)),
    'issuer and audience must be non-empty strings without white space around them',
  );
  refuseUnless(
    Number.isSafeInteger(cacheSize ?? 0) && (cacheSize ?? 0) >= 0,
    'cacheSize must be a number of at least 0',
  );
  refuseUnless(
    [undefined, 0].includes(cooldownSeconds) || isInterval(cooldownSeconds),
    'cooldownSeconds must be from 0 to a day',
  );
  refuseUnless(
    !revocations || isInterval(revocations.everySeconds),
    'revocations.everySeconds must be more than 0 and at most a day',
  );
  refuseUnless(isAddress(revocations?.uri), 'revocations.uri must be an absolute http(s) address without credentials');
  refuseUnless(
    !revocations || jwksUri !== undefined || revocations.uri !== undefined,
    'set revocations.uri, since there is no jwksUri to derive it from',
  );
}

/** A name that is written wrong would leave its default in force. */
function refuseUnknown(given: object, known: object, path = ''): void {
  const name = Object.keys(given).find((key) => !Object.hasOwn(known, key));
  if (name !== undefined)
    throw new TypeError(`${path}${name} is not an option; write one of ${Object.keys(known).join(', ')}`);
}

function checkPorts({ clock, fetch, logger }: TokenVerifierOptions): void {
  if (clock !== undefined && !hasMethods(clock, ['now'])) throw new TypeError('clock must have a method now');
  if (fetch !== undefined && typeof fetch !== 'function') throw new TypeError('fetch must be a function');
  if (logger !== undefined && !hasMethods(logger, LOG_METHODS))
    throw new TypeError(`logger must have the methods ${LOG_METHODS.join(', ')}`);
}

function hasMethods(value: unknown, names: readonly string[]): boolean {
  return names.every((name) => typeof (value as Record<string, unknown> | null)?.[name] === 'function');
}

/** The service removes outer white space from its settings, so a text that has some cannot be that of the service. */
function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '' && value === value.trim();
}

/** `fetch` rejects credentials in an address, and they would be logged. */
function isAddress(uri: string | undefined): boolean {
  if (uri === undefined) return true;
  if (!URL.canParse(uri)) return false;
  const { protocol, username, password } = new URL(uri);
  return /^https?:$/.test(protocol) && username === '' && password === '';
}

function isInterval(seconds: unknown): boolean {
  return typeof seconds === 'number' && seconds > 0 && seconds <= LONGEST_INTERVAL_SECONDS;
}
