import type { EntityManager } from '@mikro-orm/postgresql';
import { DeviceRepository } from '../core/devices/device.repository.js';
import { OutboxRepository } from '../core/events/outbox.repository.js';
import { EmailChangeService } from '../features/email-change/email-change.service.js';
import { EmailVerificationService } from '../features/email-verification/email-verification.service.js';
import { LoginService } from '../features/password/login.service.js';
import { PasswordChangeService } from '../features/password/password-change.service.js';
import { PasswordResetService } from '../features/password/password-reset.service.js';
import { RegistrationService } from '../features/registration/registration.service.js';
import { TokenMailsService } from '../core/one-time-tokens/token-mails.service.js';
import { UnlockService } from '../features/lockout/unlock.service.js';
import { ReauthenticationService } from '../core/credentials/reauthentication.service.js';
import { HousekeepingRepository } from '../core/housekeeping/housekeeping.repository.js';
import { HousekeepingService } from '../core/housekeeping/housekeeping.service.js';
import { EmailLimitRepository } from '../core/email/email-limit.repository.js';
import { EmailLimitService } from '../core/email/email-limit.service.js';
import { LoginAttemptRepository } from '../core/attempts/login-attempt.repository.js';
import { PasswordVerificationService } from '../core/credentials/password-verification.service.js';
import type { NewPasswordService } from '../core/credentials/new-password.service.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { RevocationFeedService } from '../core/sessions/revocation-feed.service.js';
import { RevocationRepository } from '../core/sessions/revocation.repository.js';
import { SessionRepository } from '../core/sessions/session.repository.js';
import { SessionService } from '../core/sessions/session.service.js';
import { SignInRepository } from '../core/authentication/sign-in.repository.js';
import { SignInService } from '../core/authentication/sign-in.service.js';
import type { AccessTokenService } from '../core/access-tokens/access-token.service.js';
import { OneTimeTokenRepository } from '../core/one-time-tokens/one-time-token.repository.js';
import { RegistrationClaimRepository } from '../core/users/registration-claim.repository.js';
import { UserRepository } from '../core/users/user.repository.js';
import { RoleService } from '../features/roles/role.service.js';
import { UserService } from '../features/profile/user.service.js';
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
  const passwords = new PasswordVerificationService(shared);
  const sessions = new SessionService({ ...shared, sessions: new SessionRepository(em) });
  const signIns = new SignInService({ ...shared, sessions, signIns: shared.signInRepository });
  const flows = {
    ...shared,
    passwords,
    sessions,
    signIns,
    viewerPasswords: new ReauthenticationService(passwords, shared.attempts),
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
