import { defineEntity, p } from '@mikro-orm/core';
import { UserEntity } from '../users/user.entity.js';

const OneTimeTokenSchema = defineEntity({
  name: 'OneTimeTokenEntity',
  tableName: 'auth_one_time_token',
  properties: {
    id: p.uuid().primary(),
    user: () => p.manyToOne(UserEntity).deleteRule('cascade').index('auth_one_time_token_user_id_index'),
    purpose: p.string().length(20),
    /** The address that the token is for; for a change of address, the new one. */
    email: p.string().length(254),
    /** The registration claim that the token confirms. */
    claimId: p.uuid().nullable(),
    tokenHash: p.blob().hidden().unique('auth_one_time_token_hash_unique'),
    createdAt: p.datetime(),
    expiresAt: p.datetime(),
    consumedAt: p.datetime().nullable(),
  },
});

/** A single-use token that proves control of an email address. */
export class OneTimeTokenEntity extends OneTimeTokenSchema.class {}
OneTimeTokenSchema.setClass(OneTimeTokenEntity);
