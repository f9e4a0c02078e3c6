import type { AuthConfig } from '../config/config.js';
import { EventBus } from '../events/event-bus.js';
import { EventRecorder } from '../events/recorded-event.js';
import { systemClock, type Clock } from '../kernel/clock.js';
import { silentLogger, type Logger } from '../kernel/logger.js';
import { systemRandom, type Random } from '../kernel/random.js';
import type { Mailer } from '../mail/mailer.js';
import { BcryptHasher, type PasswordHasher } from '../passwords/password-hasher.js';
import { NewPasswordService } from '../passwords/new-password.service.js';
import { TokenPairIssuer } from '../sessions/token-pair.js';
import { createAccessTokens, type AccessTokens } from '../tokens/access-token.js';
import { OneTimeTokens } from '../tokens/one-time-token.js';
import { hmacSigningKeys } from '../tokens/signing-keys.js';

/** The values that tests and hosts may put in the place of ours. */
export interface Ports {
  readonly clock: Clock;
  readonly random: Random;
  readonly hasher: PasswordHasher;
  readonly logger: Logger;
  /** How mail leaves; without one none does, and listeners of the events can see to it. */
  readonly mailer: Mailer | undefined;
}

/** What is made once and shared by all requests. */
export interface Core extends Ports {
  readonly config: AuthConfig;
  readonly accessTokens: AccessTokens;
  readonly tokenPairs: TokenPairIssuer;
  readonly tokens: OneTimeTokens;
  readonly newPasswords: NewPasswordService;
  readonly events: EventRecorder;
  readonly bus: EventBus;
}

export function createCore(config: AuthConfig, given: { [Name in keyof Ports]: Ports[Name] | undefined }): Core {
  const { clock = systemClock, random = systemRandom, logger = silentLogger, mailer } = given;
  const hasher = given.hasher ?? new BcryptHasher(config.password.saltRounds, random);
  const { secret, issuer, audience, accessTokenExpirationSeconds: lifetimeSeconds } = config.jwt;
  const accessTokens = createAccessTokens({ issuer, audience, lifetimeSeconds }, hmacSigningKeys(secret));
  return {
    config,
    clock,
    random,
    logger,
    mailer,
    hasher,
    accessTokens,
    tokenPairs: new TokenPairIssuer(accessTokens),
    tokens: new OneTimeTokens(secret),
    newPasswords: new NewPasswordService(hasher, config.password),
    events: new EventRecorder(clock, random),
    bus: new EventBus(),
  };
}
