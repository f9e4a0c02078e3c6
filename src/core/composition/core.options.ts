import { jwtOptions, type JwtConfig } from '../access-tokens/jwt.options.js';
import { lockoutOptions, type LockoutConfig } from '../attempts/lockout.options.js';
import { authenticationOptions, type AuthenticationConfig } from '../authentication/authentication.options.js';
import { passwordOptions, type PasswordConfig } from '../credentials/password.options.js';
import { emailOptions, type EmailConfig } from '../email/email.options.js';
import { auditOptions, type AuditConfig } from '../events/audit.options.js';
import { adminOptions, type AdminConfig } from '../graphql/admin.options.js';
import { graphqlOptions, type GraphQLConfig } from '../graphql/graphql.options.js';
import { oneTimeTokenOptions, type OneTimeTokenConfig } from '../one-time-tokens/one-time-token.options.js';
import { rateLimitOptions, type RateLimitConfig } from '../rate-limits/rate-limit.options.js';
import { sessionOptions, type SessionConfig } from '../sessions/session.options.js';
import { databaseOptions, type DatabaseConfig } from '../../platform/database/database.options.js';
import { loadOptions, type LoadConfig } from '../../platform/load/load.options.js';
import { environmentOptions, type EnvironmentConfig } from '../../platform/options/environment.options.js';

/** The options of the core, available whichever features are enabled. */
export const CORE_OPTIONS = [
  environmentOptions,
  graphqlOptions,
  adminOptions,
  jwtOptions,
  sessionOptions,
  passwordOptions,
  authenticationOptions,
  oneTimeTokenOptions,
  lockoutOptions,
  auditOptions,
  emailOptions,
  rateLimitOptions,
  databaseOptions,
  loadOptions,
] as const;

export type CoreConfig = EnvironmentConfig &
  GraphQLConfig &
  AdminConfig &
  JwtConfig &
  SessionConfig &
  PasswordConfig &
  AuthenticationConfig &
  OneTimeTokenConfig &
  LockoutConfig &
  AuditConfig &
  EmailConfig &
  RateLimitConfig &
  DatabaseConfig &
  LoadConfig;
