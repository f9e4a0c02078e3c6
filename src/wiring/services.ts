import type { EntityManager } from '@mikro-orm/postgresql';
import { DeviceRepository } from '../devices/device.repository.js';
import { OutboxRepository } from '../events/outbox.repository.js';
import { EmailChangeService } from '../flows/email-change.service.js';
import { EmailVerificationService } from '../flows/email-verification.service.js';
import { LoginService } from '../flows/login.service.js';
import { PasswordChangeService } from '../flows/password-change.service.js';
import { PasswordResetService } from '../flows/password-reset.service.js';
import { RegistrationService } from '../flows/registration.service.js';
import { TokenMailsService } from '../flows/token-mails.service.js';
import { UnlockService } from '../flows/unlock.service.js';
import { ViewerPasswordService } from '../flows/viewer-password.service.js';
import { HousekeepingRepository } from '../housekeeping/housekeeping.repository.js';
import { HousekeepingService } from '../housekeeping/housekeeping.service.js';
import { EmailLimitRepository } from '../mail/email-limit.repository.js';
import { EmailLimitService } from '../mail/email-limit.service.js';
import { LoginAttemptRepository } from '../lockout/login-attempt.repository.js';
import { PasswordCheckService } from '../lockout/password-check.service.js';
import type { NewPasswordService } from '../passwords/new-password.service.js';
import { UnitOfWork } from '../persistence/unit-of-work.js';
import { RevocationFeedService } from '../sessions/revocation-feed.service.js';
import { RevocationRepository } from '../sessions/revocation.repository.js';
import { SessionRepository } from '../sessions/session.repository.js';
import { SessionService } from '../sessions/session.service.js';
import { SignInRepository } from '../sessions/sign-in.repository.js';
import { SignInService } from '../sessions/sign-in.service.js';
import type { AccessTokenService } from '../tokens/access-token.service.js';
import { OneTimeTokenRepository } from '../tokens/one-time-token.repository.js';
import { RegistrationClaimRepository } from '../users/registration-claim.repository.js';
import { UserRepository } from '../users/user.repository.js';
import { RoleService } from '../users/role.service.js';
import { UserService } from '../users/user.service.js';
import type { Core } from './core.js';

/** What the resolvers call, usable without GraphQL. */
export interface AuthServices {
  readonly users: UserService;
  readonly sessions: SessionService;
  readonly registration: RegistrationService;
  readonly login: LoginService;
  readonly emailVerification: EmailVerificationService;
  readonly passwordReset: PasswordResetService;
  readonly passwordChange: PasswordChangeService;
  readonly emailChange: EmailChangeService;
  /** Checks new passwords against the policy, and hashes them. */
  readonly passwords: NewPasswordService;
  /** Signs and verifies access tokens. */
  readonly accessTokens: AccessTokenService;
  /** For operators: lifts a lockout. */
  readonly unlock: UnlockService;
  /** For operators and hosts: sets the roles of a user. */
  readonly roles: RoleService;
  readonly housekeeping: HousekeepingService;
  /** Hears what was asked for, and makes the tokens. */
  readonly tokenMails: TokenMailsService;
}

/** Makes the services on one EntityManager. */
export function createServices(em: EntityManager, core: Core): AuthServices {
  const shared = {
    ...core,
    users: new UserRepository(em),
    registrationClaims: new RegistrationClaimRepository(em),
    oneTimeTokens: new OneTimeTokenRepository(em),
    attempts: new LoginAttemptRepository(em),
    devices: new DeviceRepository(em),
    outbox: new OutboxRepository(em),
    unitOfWork: new UnitOfWork(em),
    signInRepository: new SignInRepository(em),
    emailLimits: createEmailLimits(em, core),
  };
  const passwords = new PasswordCheckService(shared);
  const sessions = new SessionService({ ...shared, sessions: new SessionRepository(em) });
  const signIns = new SignInService({ ...shared, sessions, signIns: shared.signInRepository });
  const flows = {
    ...shared,
    passwords,
    sessions,
    signIns,
    viewerPasswords: new ViewerPasswordService(passwords, shared.attempts),
  };
  return {
    sessions,
    users: new UserService(shared.users, core.clock),
    registration: new RegistrationService(flows),
    login: new LoginService(flows),
    emailVerification: new EmailVerificationService(flows),
    passwordReset: new PasswordResetService(flows),
    passwordChange: new PasswordChangeService(flows),
    emailChange: new EmailChangeService(flows),
    passwords: core.newPasswords,
    accessTokens: core.accessTokens,
    unlock: new UnlockService(flows),
    roles: new RoleService(flows),
    housekeeping: new HousekeepingService(new HousekeepingRepository(em), core.config, core.clock),
    tokenMails: new TokenMailsService(flows),
  };
}

export function createEmailLimits(em: EntityManager, { clock, config }: Core): EmailLimitService {
  return new EmailLimitService({ limits: new EmailLimitRepository(em), clock, config });
}

/** Made once, since what it has read is shared by all who ask. */
export function createRevocationFeed(em: EntityManager, { clock, config }: Core): RevocationFeedService {
  return new RevocationFeedService({
    revocations: new RevocationRepository(em),
    clock,
    tokenLifetimeSeconds: config.jwt.accessTokenExpirationSeconds,
  });
}
