import { defineEntity, p } from '@mikro-orm/core';
import { UserEntity } from '../users/user.entity.js';

const SessionSchema = defineEntity({
  name: 'SessionEntity',
  tableName: 'auth_session',
  properties: {
    id: p.uuid().primary(),
    user: () => p.manyToOne(UserEntity).deleteRule('cascade').index('auth_session_user_id_index'),
    /** SHA-256 of the handle, which identifies the session of any of its refresh tokens. */
    handleHash: p.blob().hidden().unique('auth_session_handle_hash_unique'),
    tokenHash: p.blob().hidden(),
    previousTokenHash: p.blob().hidden().nullable(),
    /**
     * The seed from which the current refresh token is derived, together with the previous one. Earlier releases stored the
     * encrypted token here.
     */
    sealedSuccessor: p.blob().hidden().nullable(),
    rotatedAt: p.datetime().nullable(),
    /** Rotations before the last one that were within the grace period, newest first. */
    earlierRotations: p.blob().array().columnType('bytea[]').hidden().nullable(),
    /** Since when every rotation has followed the previous one within its grace period; null if the last one did not. */
    rapidSince: p.datetime().nullable(),
    createdAt: p.datetime(),
    lastUsedAt: p.datetime(),
    /** When the session ends if it is not refreshed; never later than `absoluteExpiresAt`. */
    expiresAt: p.datetime(),
    absoluteExpiresAt: p.datetime(),
    revokedAt: p.datetime().nullable(),
    revokedReason: p.string().length(30).nullable(),
    /** How the user was authenticated: the `amr` claim. */
    amr: p.array().columnType('text[]').defaultRaw("'{pwd}'"),
    /** Null for sessions created before this column existed; then `createdAt` applies. */
    authenticatedAt: p.datetime().nullable(),
    ipAddress: p.string().length(45).nullable(),
    userAgent: p.string().length(512).nullable(),
  },
  indexes: [{ name: 'auth_session_revoked_at_index', properties: ['revokedAt'], where: '"revoked_at" is not null' }],
});

/** One sign-in on one device, with the hashes of its refresh tokens: the row of `auth_session`. */
export class SessionEntity extends SessionSchema.class {}
SessionSchema.setClass(SessionEntity);
