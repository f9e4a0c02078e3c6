import { DeviceEntity } from '../devices/device.entity.js';
import { OutboxEntity } from '../events/outbox.entity.js';
import { LoginAttemptEntity } from '../attempts/login-attempt.entity.js';
import { EmailLimitEntity } from '../email/email-limit.entity.js';
import { SessionEntity } from '../sessions/session.entity.js';
import { OneTimeTokenEntity } from '../one-time-tokens/one-time-token.entity.js';
import { RegistrationClaimEntity } from '../users/registration-claim.entity.js';
import { UserEntity } from '../users/user.entity.js';

/** Every entity, for an application that discovers and migrates them with its own. */
export const AUTH_ENTITIES = [
  UserEntity,
  RegistrationClaimEntity,
  SessionEntity,
  OneTimeTokenEntity,
  LoginAttemptEntity,
  DeviceEntity,
  OutboxEntity,
  EmailLimitEntity,
] as const;
