import { GraphQLDateTime } from 'graphql-scalars';
import { Directive, Field, ID, ObjectType } from 'type-graphql';
import type { Viewer } from '@auth-subgraph/verifier';
import { rejectionOf } from '@auth-subgraph/verifier/internal';
import { ForbiddenError } from '@auth-subgraph/verifier';
import { EmailAddressScalar } from './email-address.scalar.js';
import type { User } from './user.js';

const PRIVATE = 'The user alone: null with FORBIDDEN for anyone else.';

@ObjectType('User', { description: 'A person who can sign in. Other subgraphs extend it by id.' })
@Directive('@key(fields: "id")')
export class UserType {
  readonly #user: User;
  readonly #viewer: Viewer | 'self';

  constructor(user: User, viewer: Viewer | 'self') {
    this.#user = user;
    this.#viewer = viewer;
  }

  /** The user that a mutation has just acted for: every field is visible, whether or not anybody is signed in. */
  static own(user: User): UserType {
    return new UserType(user, 'self');
  }

  @Field(() => ID)
  get id(): string {
    return this.#user.id;
  }

  @Field(() => String, { nullable: true, description: 'Open to whoever may see the user.' })
  get firstName(): string | null {
    return this.#user.firstName;
  }

  @Field(() => String, { nullable: true, description: 'Open to whoever may see the user.' })
  get lastName(): string | null {
    return this.#user.lastName;
  }

  @Field(() => EmailAddressScalar, { nullable: true, description: `The address that signs in. ${PRIVATE}` })
  get email(): string {
    return this.own.email;
  }

  @Field(() => Boolean, { nullable: true, description: `Whether the user has proven to own the address. ${PRIVATE}` })
  get emailVerified(): boolean {
    return this.own.emailVerifiedAt !== null;
  }

  @Field(() => Boolean, { nullable: true, description: `False when the account has been closed. ${PRIVATE}` })
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

  @Field(() => [String], { nullable: true, description: `What an operator lets the user do. ${PRIVATE}` })
  get roles(): readonly string[] {
    return this.own.roles;
  }

  /**
   * The whole user, for the user alone.
   * @throws ForbiddenError the viewer is somebody else
   */
  get own(): User {
    const viewer = this.#viewer;
    if (viewer === 'self') return this.#user;
    if (viewer.kind !== 'authenticated') throw new ForbiddenError({ reason: rejectionOf(viewer) });
    if (viewer.userId !== this.#user.id) throw new ForbiddenError();
    return this.#user;
  }
}
