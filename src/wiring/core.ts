import { pino } from 'pino';
import type { AuthConfig } from '../config/config.js';
import { EventBus } from '../core/events/event-bus.js';
import { EventRecorder } from '../core/events/recorded-event.js';
import { systemClock, type Clock } from '../platform/clock.js';
import type { Logger } from '../platform/logger.js';
import { systemRandom, type Random } from '../platform/random.js';
import { SignInFailures } from '../core/attempts/sign-in-failures.js';
import type { Mailer } from '../core/email/mailer.js';
import { BcryptHasher, type PasswordHasher } from '../core/credentials/password-hasher.js';
import { NewPasswordService } from '../core/credentials/new-password.service.js';
import type { ClaimsHook } from '../core/sessions/custom-claims.js';
import { TokenPairIssuer } from '../core/sessions/token-pair.js';
import type { KeySource } from '@auth-subgraph/verifier';
import { readKey } from '@auth-subgraph/verifier/internal';
import { AccessTokenService } from '../core/access-tokens/access-token.service.js';
import { OneTimeTokens, type OneTimeSecret } from '../core/one-time-tokens/one-time-token.js';
import { asymmetricSigningKeys, hmacSigningKeys, type SigningKeys } from '@auth-subgraph/verifier/internal';
import { AddressPseudonyms } from '../core/users/address-pseudonyms.js';

/** The values that tests and hosts may put in the place of ours. */
export interface Ports {
  readonly clock: Clock;
  readonly random: Random;
  readonly hasher: PasswordHasher;
  /**
   * Where the log goes; a pino instance will do.
   * @default JSON lines on standard error, from level `info` on
   */
  readonly logger: Logger;
  /**
   * How emails are sent, such as `createSmtpMailer({ url, from })`. Without one none are: listen to
   * `EmailVerificationRequested`, `PasswordResetRequested` and `EmailChangeRequested` to send them yourself, or say with
   * `false` that nobody does. Otherwise `start()` warns in production.
   * @default undefined
   */
  readonly mailer: Mailer | false | undefined;
  /** What access tokens say of a user beside the subgraph's own claims; without it their scopes are the roles. */
  readonly claims: ClaimsHook | undefined;
}

/** What is made once and shared by all requests. */
export interface Core extends Ports {
  readonly config: AuthConfig;
  readonly accessTokens: AccessTokenService;
  readonly tokenPairs: TokenPairIssuer;
  readonly tokens: OneTimeTokens;
  readonly newPasswords: NewPasswordService;
  readonly failures: SignInFailures;
  readonly events: EventRecorder;
  readonly bus: EventBus;
}

/** One for the process: whatever is written to standard error goes through it, line by line. */
const standardErrorLogger: Logger = pino({ level: 'info' }, pino.destination(2));

export function createCore(config: AuthConfig, given: { [Name in keyof Ports]: Ports[Name] | undefined }): Core {
  const { clock = systemClock, random = systemRandom, logger = standardErrorLogger, mailer, claims } = given;
  const hasher = given.hasher ?? new BcryptHasher(config.password.saltRounds, random);
  const { issuer, audience, accessTokenExpirationSeconds: lifetimeSeconds } = config.jwt;
  const { signingKeys, oneTimeSecrets } = keysOf(config.jwt);
  const events = new EventRecorder(clock, random);
  const pseudonyms = new AddressPseudonyms(oneTimeSecrets[0]?.secret ?? '');
  const accessTokens = new AccessTokenService({ issuer, audience, lifetimeSeconds }, signingKeys);
  return {
    config,
    clock,
    random,
    logger,
    mailer,
    claims,
    hasher,
    accessTokens,
    tokenPairs: new TokenPairIssuer(accessTokens, claims),
    tokens: new OneTimeTokens(oneTimeSecrets),
    newPasswords: new NewPasswordService(hasher, config.password, [config.mail.productName, issuer]),
    failures: new SignInFailures({ events, logger, pseudonyms }),
    events,
    bus: new EventBus(),
  };
}

/** Puts another ring of keys in the place of the present one. */
export function useKeys({ accessTokens, config, tokens }: Core, keys: readonly KeySource[]): void {
  const { signingKeys, oneTimeSecrets } = keysOf({ ...config.jwt, keys });
  accessTokens.useKeys(signingKeys);
  tokens.useSecrets(oneTimeSecrets);
}

/** What signs access tokens, and what one-time tokens follow from: the secret where there is one. */
function keysOf({ secret, keys }: { secret: string | undefined; keys: readonly KeySource[] }): {
  signingKeys: SigningKeys;
  oneTimeSecrets: readonly OneTimeSecret[];
} {
  const ring = keys.map(readKey);
  const fromSecret = secret === undefined ? undefined : { id: '', secret };
  const fromKeys = ring.flatMap(({ kid, privateKey }) =>
    privateKey ? [{ id: kid, secret: String(privateKey.export({ format: 'jwk' }).d) }] : [],
  );
  return {
    signingKeys: secret !== undefined && ring.length === 0 ? hmacSigningKeys(secret) : asymmetricSigningKeys(ring),
    oneTimeSecrets: fromSecret ? [fromSecret] : fromKeys,
  };
}
