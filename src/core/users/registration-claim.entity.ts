import { defineEntity, p } from '@mikro-orm/core';
import { MAX_LOCALE_LENGTH } from './locale.js';
import { MAX_NAME_LENGTH } from './person-name.js';
import { UserEntity } from './user.entity.js';

const RegistrationClaimSchema = defineEntity({
  name: 'RegistrationClaimEntity',
  tableName: 'auth_registration_claim',
  properties: {
    id: p.uuid().primary(),
    user: () => p.manyToOne(UserEntity).deleteRule('cascade').index('auth_registration_claim_user_id_index'),
    passwordHash: p.string().length(100).hidden().lazy(),
    firstName: p.string().length(MAX_NAME_LENGTH).nullable(),
    lastName: p.string().length(MAX_NAME_LENGTH).nullable(),
    displayName: p.string().length(MAX_NAME_LENGTH).nullable(),
    locale: p.string().length(MAX_LOCALE_LENGTH).nullable(),
    createdAt: p.datetime(),
  },
});

/** The password, names and locale of one registration of an unverified address. The link that is followed decides which applies. */
export class RegistrationClaimEntity extends RegistrationClaimSchema.class {}
RegistrationClaimSchema.setClass(RegistrationClaimEntity);
