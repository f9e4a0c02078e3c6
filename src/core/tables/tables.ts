import type { Tables } from '../../platform/database/tables.js';
import { DeviceEntity } from '../devices/device.entity.js';
import { OutboxEntity } from '../events/outbox.entity.js';
import { SecurityEventEntity } from '../events/security-event.entity.js';
import { ATTEMPT_INDEXES } from '../attempts/attempt-indexes.js';
import { LoginAttemptEntity } from '../attempts/login-attempt.entity.js';
import { EmailLimitEntity } from '../email/email-limit.entity.js';
import { RateLimitEntity } from '../rate-limits/rate-limit.entity.js';
import { SessionEntity } from '../sessions/session.entity.js';
import { ServiceAccountEntity } from '../service-accounts/service-account.entity.js';
import { ServiceKeyEntity } from '../service-accounts/service-key.entity.js';
import { OneTimeTokenEntity } from '../one-time-tokens/one-time-token.entity.js';
import { RegistrationClaimEntity } from '../users/registration-claim.entity.js';
import { UserEntity } from '../users/user.entity.js';
import { UserMetadataEntity } from '../users/user-metadata.entity.js';
import { USER_INDEXES } from '../users/user-indexes.js';
import { ForeignHashesMigration } from './migrations/foreign-hashes.migration.js';
import { EventNamesMigration } from './migrations/event-names.migration.js';
import { InitialMigration } from './migrations/initial.migration.js';
import { AccountClosingMigration } from './migrations/account-closing.migration.js';
import { AccountDeactivationMigration } from './migrations/account-deactivation.migration.js';
import { AccountLifecycleMigration } from './migrations/account-lifecycle.migration.js';
import { RolesMigration } from './migrations/roles.migration.js';
import { UserSearchMigration } from './migrations/user-search.migration.js';
import { AccountOwnershipMigration } from './migrations/account-ownership.migration.js';
import { ContestedAccountsMigration } from './migrations/contested-accounts.migration.js';
import { FoldedNamesMigration } from './migrations/folded-names.migration.js';
import { GreekNamesMigration } from './migrations/greek-names.migration.js';
import { EarlierRotationsMigration } from './migrations/earlier-rotations.migration.js';
import { AttemptPlacesMigration } from './migrations/attempt-places.migration.js';
import { AuditTrailMigration } from './migrations/audit-trail.migration.js';
import { OpenSessionsMigration } from './migrations/open-sessions.migration.js';
import { OpenToClaimsMigration } from './migrations/open-to-claims.migration.js';
import { ProfileMigration } from './migrations/profile.migration.js';
import { RateLimitsMigration } from './migrations/rate-limits.migration.js';
import { RoomForUpdatesMigration } from './migrations/room-for-updates.migration.js';
import { ServiceAccountsMigration } from './migrations/service-accounts.migration.js';
import { SessionAuthenticationMigration } from './migrations/session-authentication.migration.js';

/**
 * The entities of the core, for an application that queries them with its own MikroORM. `auth.migrate()` alone changes their
 * tables: set `schemaGenerator: { skipTables: [/^auth_/], ignoreSchema: ['auth_jobs'] }`, or MikroORM drops what it does not
 * know.
 */
export const AUTH_ENTITIES = [
  UserEntity,
  UserMetadataEntity,
  RegistrationClaimEntity,
  SessionEntity,
  OneTimeTokenEntity,
  LoginAttemptEntity,
  DeviceEntity,
  OutboxEntity,
  SecurityEventEntity,
  EmailLimitEntity,
  RateLimitEntity,
  ServiceAccountEntity,
  ServiceKeyEntity,
] as const;

/** The tables of the core, which exist whichever features are enabled. */
export const CORE_TABLES: Tables = {
  entities: AUTH_ENTITIES,
  migrations: [
    { name: 'initial', class: InitialMigration },
    { name: 'account-lifecycle', class: AccountLifecycleMigration },
    { name: 'roles', class: RolesMigration },
    { name: 'account-ownership', class: AccountOwnershipMigration },
    { name: 'earlier-rotations', class: EarlierRotationsMigration },
    { name: 'attempt-places', class: AttemptPlacesMigration },
    { name: 'open-sessions', class: OpenSessionsMigration },
    { name: 'session-authentication', class: SessionAuthenticationMigration },
    { name: 'event-names', class: EventNamesMigration },
    { name: 'room-for-updates', class: RoomForUpdatesMigration },
    { name: 'rate-limits', class: RateLimitsMigration },
    { name: 'audit-trail', class: AuditTrailMigration },
    { name: 'profile', class: ProfileMigration },
    { name: 'foreign-hashes', class: ForeignHashesMigration },
    { name: 'account-deactivation', class: AccountDeactivationMigration },
    { name: 'account-closing', class: AccountClosingMigration },
    { name: 'user-search', class: UserSearchMigration },
    { name: 'service-accounts', class: ServiceAccountsMigration },
    { name: 'open-to-claims', class: OpenToClaimsMigration },
    { name: 'greek-names', class: GreekNamesMigration },
    { name: 'contested-accounts', class: ContestedAccountsMigration },
    { name: 'folded-names', class: FoldedNamesMigration },
  ],
  indexes: [...USER_INDEXES, ...ATTEMPT_INDEXES],
};
