import type { Viewer } from '@auth-subgraph/verifier';
import { GraphQLDateTime } from 'graphql-scalars';
import { Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import { EmailAddressScalar } from '../users/email-address.scalar.js';
import { UserType } from '../users/user.type.js';
import type { UserRecord, UserStatus } from './user-record.js';

export const UserStatusEnum: Readonly<Record<UserStatus, UserStatus>> = {
  ACTIVE: 'ACTIVE',
  INVITED: 'INVITED',
  DEACTIVATED: 'DEACTIVATED',
  CLOSED: 'CLOSED',
};
registerEnumType(UserStatusEnum, {
  name: 'AuthUserStatus',
  description: 'Whether a user can sign in. Every user has exactly one status.',
  valuesConfig: {
    ACTIVE: { description: 'The user can sign in.' },
    INVITED: { description: 'The account is active, but the user has no way to sign in yet.' },
    DEACTIVATED: { description: 'An operator has deactivated the account.' },
    CLOSED: { description: 'The account was closed. It is erased after a grace period.' },
  },
});

@ObjectType('AuthUserRecord', {
  description: 'A user as operators see them. Not an entity: fields of `User` that are private stay so.',
})
export class AuthUserRecordType {
  readonly __typename = 'AuthUserRecord';
  readonly #record: UserRecord;
  readonly #viewer: Viewer;

  constructor(record: UserRecord, viewer: Viewer) {
    this.#record = record;
    this.#viewer = viewer;
  }

  @Field(() => ID)
  get id(): string {
    return this.#record.id;
  }

  @Field(() => UserType, { description: 'The user as the rest of the supergraph sees them.' })
  get user(): UserType {
    return new UserType(this.#record, this.#viewer);
  }

  @Field(() => EmailAddressScalar)
  get email(): string {
    return this.#record.email;
  }

  @Field(() => GraphQLDateTime, { nullable: true })
  get emailVerifiedAt(): Date | null {
    return this.#record.emailVerifiedAt;
  }

  @Field(() => String, { nullable: true })
  get firstName(): string | null {
    return this.#record.firstName;
  }

  @Field(() => String, { nullable: true })
  get lastName(): string | null {
    return this.#record.lastName;
  }

  @Field(() => String, { nullable: true })
  get displayName(): string | null {
    return this.#record.displayName;
  }

  @Field(() => String, { nullable: true })
  get avatarUrl(): string | null {
    return this.#record.avatarUrl;
  }

  @Field(() => String, { nullable: true })
  get locale(): string | null {
    return this.#record.locale;
  }

  @Field(() => UserStatusEnum)
  get status(): UserStatus {
    return this.#record.status;
  }

  @Field(() => [String])
  get roles(): readonly string[] {
    return this.#record.roles;
  }

  @Field(() => Boolean, {
    description: 'False until an invited user has chosen one, and for users who sign in another way.',
  })
  get hasPassword(): boolean {
    return this.#record.hasPassword;
  }

  @Field(() => GraphQLDateTime)
  get createdAt(): Date {
    return this.#record.createdAt;
  }

  @Field(() => GraphQLDateTime, { nullable: true })
  get lastLoginAt(): Date | null {
    return this.#record.lastLoginAt;
  }

  @Field(() => GraphQLDateTime, { nullable: true })
  get deactivatedAt(): Date | null {
    return this.#record.deactivatedAt;
  }

  @Field(() => String, { nullable: true, description: 'What the operator wrote. The user does not see it.' })
  get deactivationReason(): string | null {
    return this.#record.deactivationReason;
  }

  @Field(() => GraphQLDateTime, {
    nullable: true,
    description: 'Until when sign-in is refused, because of wrong passwords or by an operator.',
  })
  get lockedUntil(): Date | null {
    return this.#record.lockedUntil;
  }
}
