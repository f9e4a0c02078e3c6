import { defineEntity, p } from '@mikro-orm/core';
import { MAX_EMAIL_ADDRESS_LENGTH } from './email-address.js';
import { MAX_AVATAR_URL_LENGTH } from './avatar-url.js';
import { MAX_LOCALE_LENGTH } from './locale.js';
import { MAX_NAME_KEY_LENGTH } from './name-key.js';
import { USER_INDEXES } from './user-indexes.js';
import { MAX_NAME_LENGTH } from './person-name.js';

const UserSchema = defineEntity({
  name: 'UserEntity',
  tableName: 'auth_user',
  properties: {
    id: p.uuid().primary(),
    /** Normalised. The unique constraint prevents two accounts with one address. */
    email: p.string().length(MAX_EMAIL_ADDRESS_LENGTH).unique('auth_user_email_unique'),
    /**
     * Null if the account has no password: it was imported without one, or its unverified address has been registered
     * several times.
     */
    passwordHash: p.text().hidden().lazy().nullable(),
    firstName: p.string().length(MAX_NAME_LENGTH).nullable(),
    lastName: p.string().length(MAX_NAME_LENGTH).nullable(),
    displayName: p.string().length(MAX_NAME_LENGTH).nullable(),
    avatarUrl: p.string().length(MAX_AVATAR_URL_LENGTH).nullable(),
    locale: p.string().length(MAX_LOCALE_LENGTH).nullable(),
    emailVerifiedAt: p.datetime().nullable(),
    active: p.boolean(),
    /** Whether registrations may claim the account while its address is unverified. False if it was imported or moved to the address. */
    openToClaims: p.boolean().hidden().lazy().default(true),
    /** Whether somebody else may have registered the address since, while it was unverified. */
    contested: p.boolean().hidden().lazy().default(false),
    createdAt: p.datetime(),
    lastLoginAt: p.datetime().nullable(),
    roles: p.array().columnType('text[]').defaultRaw("'{}'"),
    /** Access tokens that were issued before this instant are stale. */
    tokensNotBefore: p.datetime().nullable(),
    /** An upper bound of the user's live sessions; null until the first sign-in that counts them. */
    openSessions: p.integer().nullable(),
    deactivatedAt: p.datetime().nullable(),
    deactivationReason: p.string().length(500).nullable(),
    /** When the account was closed. It is inactive since, and no longer than until it is erased. */
    closedAt: p.datetime().nullable(),
    /** When the account may be erased; until then it can be restored. */
    eraseAfter: p.datetime().nullable(),
    /** Folded names, for operators who search; see `name-key.ts`. */
    nameKey: p.string().length(MAX_NAME_KEY_LENGTH).collation('C').nullable(),
    sortNameKey: p.string().length(MAX_NAME_KEY_LENGTH).collation('C').nullable(),
    displayNameKey: p.string().length(MAX_NAME_LENGTH).collation('C').nullable(),
  },
  indexes: [
    {
      name: 'auth_user_tokens_not_before_index',
      properties: ['tokensNotBefore'],
      where: '"tokens_not_before" is not null',
    },
    ...USER_INDEXES.map(({ name, on }) => ({ name, expression: `create index "${name}" on ${on}` })),
  ],
});

/** A person who can sign in: the row of `auth_user`. */
export class UserEntity extends UserSchema.class {}
UserSchema.setClass(UserEntity);
