import type { KeySource } from '@auth-subgraph/verifier';
import { asymmetricSigningKeys, hmacSigningKeys, readKey, type SigningKeys } from '@auth-subgraph/verifier/internal';
import type { EntityManager } from '@mikro-orm/postgresql';
import { pino } from 'pino';
import { systemClock } from '../../platform/clock.js';
import {
  observedRepository,
  type Observable,
  type StatementObserver,
} from '../../platform/database/statement-observer.js';
import { StatementRunner, type StatementPool } from '../../platform/database/statement.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { LogDestination } from '../../platform/log-destination.js';
import { failsafeLogger, type Logger } from '../../platform/logger.js';
import { systemRandom } from '../../platform/random.js';
import { AccessTokenService } from '../access-tokens/access-token.service.js';
import { SigningKeyAge } from '../access-tokens/signing-key-age.js';
import { LoginAttemptRepository } from '../attempts/login-attempt.repository.js';
import { SignInFailures } from '../attempts/sign-in-failures.js';
import { AuthenticationRepository } from '../authentication/authentication.repository.js';
import { AuthenticationService } from '../authentication/authentication.service.js';
import { BreachedPasswords } from '../credentials/breached-passwords.js';
import { NewPasswordService } from '../credentials/new-password.service.js';
import { BcryptHasher } from '../credentials/password-hasher.js';
import { PasswordVerificationService } from '../credentials/password-verification.service.js';
import { ReauthenticationService } from '../credentials/reauthentication.service.js';
import { DeviceRepository } from '../devices/device.repository.js';
import { EmailLimitRepository } from '../email/email-limit.repository.js';
import { EmailLimitService } from '../email/email-limit.service.js';
import { maskEmailAddress } from '../email/template-values.js';
import type { EventClasses } from '../events/domain-event.js';
import { EventBus } from '../events/event-bus.js';
import type { EventOrigins } from '../events/event-origin.js';
import type { EventSignal } from '../events/event-signal.js';
import { OutboxRepository } from '../events/outbox.repository.js';
import { SecurityLog } from '../events/security-log.js';
import { SecurityTrail } from '../events/security-trail.js';
import { EventRecorder } from '../events/recorded-event.js';
import type { Metrics } from '../observability/metrics.js';
import type { Tracing } from '../observability/tracing.js';
import { OneTimeTokens, type OneTimeSecret } from '../one-time-tokens/one-time-token.js';
import { OneTimeTokenRepository } from '../one-time-tokens/one-time-token.repository.js';
import { OneTimeTokenService } from '../one-time-tokens/one-time-token.service.js';
import type { RateLimits } from '../rate-limits/rate-limits.js';
import { SessionRevocationService } from '../sessions/session-revocation.service.js';
import { SessionRepository } from '../sessions/session.repository.js';
import { TokenPairIssuer } from '../sessions/token-pair.js';
import { AddressPseudonyms } from '../users/address-pseudonyms.js';
import { RegistrationClaimRepository } from '../users/registration-claim.repository.js';
import { UserRepository } from '../users/user.repository.js';
import type { CoreConfig } from './core.options.js';
import { checkPorts, type Ports, type ServicePorts } from './ports.js';

/** The parts that features are built from. Created once for each subgraph and shared by all requests. */
export interface Core<Config extends CoreConfig = CoreConfig> extends CoreBase<Config>, Repositories, SharedServices {}

interface CoreBase<Config> extends ServicePorts {
  readonly config: Config;
  /** For repositories. Its statements join the current transaction, if there is one. */
  readonly em: EntityManager;
  /** Runs the statements of the most frequent operations, which are compiled once. */
  readonly statements: StatementRunner;
  /** Lets every statement of a repository be measured and traced. */
  readonly observed: <Repository extends Observable<Repository> & object>(repository: Repository) => Repository;
  readonly unitOfWork: UnitOfWork;
  readonly accessTokens: AccessTokenService;
  readonly tokenPairs: TokenPairIssuer;
  readonly oneTimeTokens: OneTimeTokens;
  readonly bus: EventBus;
  readonly eventRecorder: EventRecorder;
  readonly eventOrigins: EventOrigins;
  readonly eventSignal: EventSignal;
  readonly eventClasses: EventClasses;
  readonly signInFailures: SignInFailures;
  readonly securityLog: SecurityLog;
  readonly securityTrail: SecurityTrail;
  readonly rateLimits: RateLimits;
  readonly metrics: Metrics;
  readonly tracing: Tracing;
  readonly signingKeyAge: SigningKeyAge;
}

/** What the core is created with, in addition to its options and ports. */
interface CoreParts {
  readonly em: EntityManager;
  readonly pool: StatementPool;
  readonly rateLimits: RateLimits;
  readonly metrics: Metrics;
  readonly tracing: Tracing;
  readonly statementObserver: StatementObserver | undefined;
  readonly eventClasses: EventClasses;
  readonly eventOrigins: EventOrigins;
  readonly eventSignal: EventSignal;
}

interface Repositories {
  readonly userRepository: UserRepository;
  readonly registrationClaimRepository: RegistrationClaimRepository;
  readonly oneTimeTokenRepository: OneTimeTokenRepository;
  readonly loginAttemptRepository: LoginAttemptRepository;
  readonly deviceRepository: DeviceRepository;
  readonly outboxRepository: OutboxRepository;
  readonly sessionRepository: SessionRepository;
  readonly authenticationRepository: AuthenticationRepository;
  readonly emailLimitRepository: EmailLimitRepository;
}

interface SharedServices {
  readonly emailLimits: EmailLimitService;
  readonly newPasswords: NewPasswordService;
  readonly oneTimeTokenService: OneTimeTokenService;
  readonly passwordVerification: PasswordVerificationService;
  readonly reauthentication: ReauthenticationService;
  readonly sessionRevocation: SessionRevocationService;
  readonly authentication: AuthenticationService;
}

/** Shared by the whole process, so that lines on standard error do not interleave. */
const standardErrorLogger: Logger = pino({ level: 'info' }, new LogDestination(2));

/**
 * Fills in the defaults of ports that are not given.
 * @throws ConfigError a port lacks a method
 */
export function completePorts(
  given: { [Name in keyof Ports]?: Ports[Name] | undefined },
  config: CoreConfig,
): ServicePorts {
  checkPorts(given);
  const { clock = systemClock, random = systemRandom, logger = standardErrorLogger, mailer, claims } = given;
  const { claimsMetadata = false, metadata = {} } = given;
  const hasher = given.hasher ?? new BcryptHasher(config.password.saltRounds, random);
  return { clock, random, logger: failsafeLogger(logger), mailer, claims, claimsMetadata, metadata, hasher };
}

export function createCore<Config extends CoreConfig>(
  config: Config,
  ports: ServicePorts,
  { em, pool, statementObserver, ...parts }: CoreParts,
): Core<Config> {
  const { issuer, audience, accessTokenExpirationSeconds: lifetimeSeconds } = config.jwt;
  const { signingKeys, oneTimeSecrets } = keysOf(config.jwt);
  const accessTokens = new AccessTokenService({ issuer, audience, lifetimeSeconds }, signingKeys);
  const eventRecorder = new EventRecorder(ports.clock, ports.random, parts);
  const pseudonyms = new AddressPseudonyms(oneTimeSecrets[0]?.secret ?? '');
  const unitOfWork = new UnitOfWork(em);
  const statements = new StatementRunner(em, pool, config.database.preparedStatements, statementObserver);
  const observed: Core['observed'] = (repository) => observedRepository(repository, statementObserver);
  const base = {
    ...ports,
    ...parts,
    ...{ config, em, statements, observed, unitOfWork, accessTokens, eventRecorder },
    signingKeyAge: new SigningKeyAge(config.jwt.keys),
    tokenPairs: new TokenPairIssuer(accessTokens, unitOfWork, ports.claims),
    oneTimeTokens: new OneTimeTokens(oneTimeSecrets),
    bus: new EventBus(ports.logger, parts.eventClasses),
    securityLog: new SecurityLog({ ...parts, logger: ports.logger, pseudonyms }),
    securityTrail: new SecurityTrail({ ...parts, maskAddress: maskEmailAddress }),
    signInFailures: new SignInFailures({ config, eventRecorder, logger: ports.logger, pseudonyms }),
    ...createRepositories(em, ports.claimsMetadata, observed),
  };
  return { ...base, ...createServices(base) };
}

function createRepositories(em: EntityManager, claimsMetadata: boolean, observed: Core['observed']): Repositories {
  return {
    userRepository: observed(new UserRepository(em)),
    registrationClaimRepository: observed(new RegistrationClaimRepository(em)),
    oneTimeTokenRepository: observed(new OneTimeTokenRepository(em)),
    loginAttemptRepository: observed(new LoginAttemptRepository(em)),
    deviceRepository: observed(new DeviceRepository(em)),
    outboxRepository: observed(new OutboxRepository(em)),
    sessionRepository: observed(new SessionRepository(em)),
    authenticationRepository: observed(new AuthenticationRepository(em, claimsMetadata)),
    emailLimitRepository: observed(new EmailLimitRepository(em)),
  };
}

function createServices(base: CoreBase<CoreConfig> & Repositories): SharedServices {
  const { loginAttemptRepository } = base;
  const passwordVerification = new PasswordVerificationService(base);
  const sessionRevocation = new SessionRevocationService(base);
  return {
    passwordVerification,
    sessionRevocation,
    emailLimits: new EmailLimitService(base),
    newPasswords: newPasswordsOf(base),
    oneTimeTokenService: new OneTimeTokenService(base),
    reauthentication: new ReauthenticationService(passwordVerification, loginAttemptRepository, base.clock),
    authentication: new AuthenticationService({ ...base, sessionRevocation }),
  };
}

function newPasswordsOf({ clock, config, hasher, logger, metrics }: CoreBase<CoreConfig>): NewPasswordService {
  const { breachedPasswordsUrl: url, ...policy } = config.password;
  const breached = url === undefined ? undefined : new BreachedPasswords({ url, clock, logger, metrics });
  return new NewPasswordService(hasher, policy, [config.mail.productName, config.jwt.issuer], breached);
}

/** Replaces the keys. */
export function useKeys(
  { accessTokens, config, oneTimeTokens, signingKeyAge }: Core,
  keys: readonly KeySource[],
): void {
  const { signingKeys, oneTimeSecrets } = keysOf({ ...config.jwt, keys });
  accessTokens.useKeys(signingKeys);
  oneTimeTokens.useSecrets(oneTimeSecrets);
  signingKeyAge.useKeys(keys);
}

/** The keys that sign access tokens, and the secrets that one-time tokens are derived from: the secret if it is set. */
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
