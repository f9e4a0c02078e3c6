import { GraphQLDateTime } from 'graphql-scalars';
import { Directive, Field, ID, ObjectType } from 'type-graphql';
import type { Viewer } from '@auth-subgraph/verifier';
import { rejectionOf, userRequired } from '@auth-subgraph/verifier/internal';
import { ForbiddenError } from '@auth-subgraph/verifier';
import { EmailAddressScalar } from './email-address.scalar.js';
import type { User } from './user.js';

const PRIVATE = 'Visible only to this user; otherwise `null` with a `FORBIDDEN` error.';

@ObjectType('User', { description: 'A person who can sign in. Other subgraphs extend this type by id.' })
@Directive('@key(fields: "id")')
export class UserType {
  readonly #user: User;
  readonly #viewer: Viewer | 'self';

  constructor(user: User, viewer: Viewer | 'self') {
    this.#user = user;
    this.#viewer = viewer;
  }

  /** The user of a mutation that has just succeeded. All fields are visible, even if the caller is not signed in. */
  static own(user: User): UserType {
    return new UserType(user, 'self');
  }

  @Field(() => ID)
  get id(): string {
    return this.#user.id;
  }

  @Field(() => String, { nullable: true, description: 'Visible to every caller who can see the user.' })
  get firstName(): string | null {
    return this.#user.firstName;
  }

  @Field(() => String, { nullable: true, description: 'Visible to every caller who can see the user.' })
  get lastName(): string | null {
    return this.#user.lastName;
  }

  @Field(() => String, {
    nullable: true,
    description: 'What the user wants to be called. Visible to every caller who can see the user.',
  })
  get displayName(): string | null {
    return this.#user.displayName;
  }

  @Field(() => String, {
    nullable: true,
    description: 'The https address of a picture. Visible to every caller who can see the user.',
  })
  get avatarUrl(): string | null {
    return this.#user.avatarUrl;
  }

  @Field(() => String, {
    nullable: true,
    description: `A BCP 47 tag such as \`de-AT\`. Emails are written in this language. ${PRIVATE}`,
  })
  get locale(): string | null {
    return this.own.locale;
  }

  @Field(() => EmailAddressScalar, {
    nullable: true,
    description: `The email address with which the user signs in. ${PRIVATE}`,
  })
  get email(): string {
    return this.own.email;
  }

  @Field(() => Boolean, { nullable: true, description: `Whether the user has verified the email address. ${PRIVATE}` })
  get emailVerified(): boolean {
    return this.own.emailVerifiedAt !== null;
  }

  @Field(() => Boolean, { nullable: true, description: `False if the account is deactivated or closed. ${PRIVATE}` })
  get active(): boolean {
    return this.own.active;
  }

  @Field(() => GraphQLDateTime, { nullable: true, description: PRIVATE })
  get createdAt(): Date {
    return this.own.createdAt;
  }

  @Field(() => GraphQLDateTime, { nullable: true, description: PRIVATE })
  get lastLoginAt(): Date | null {
    return this.own.lastLoginAt;
  }

  @Field(() => [String], { nullable: true, description: `The roles that an operator has assigned. ${PRIVATE}` })
  get roles(): readonly string[] {
    return this.own.roles;
  }

  /**
   * All fields of the user, visible only to this user.
   * @throws ForbiddenError the viewer is another user or a service account
   */
  get own(): User {
    const viewer = this.#viewer;
    if (viewer === 'self') return this.#user;
    if (viewer.kind === 'service') throw userRequired();
    if (viewer.kind !== 'authenticated') throw new ForbiddenError({ reason: rejectionOf(viewer) });
    if (viewer.userId !== this.#user.id) throw new ForbiddenError();
    return this.#user;
  }
}
