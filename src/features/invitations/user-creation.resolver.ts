import { GraphQLJSONObject } from 'graphql-scalars';
import { Arg, Ctx, Field, InputType, Mutation, ObjectType, Resolver } from 'type-graphql';
import {
  AccountNotFoundErrorType,
  AccountProtectedErrorType,
  EmailAlreadyExistsErrorType,
  InvalidInputErrorType,
  TooManyRequestsErrorType,
} from '../../core/errors/error.types.js';
import type { GraphQLContext } from '../../core/graphql/context.js';
import { CurrentOperator } from '../../core/graphql/current-operator.js';
import { OperatorScopes } from '../../core/graphql/operator-scopes.js';
import type { Operator } from '../../core/management/operator.js';
import { resultUnion } from '../../platform/graphql/result-union.js';
import { AdminUserInput, AuthUserChangedType } from '../../core/management/user-changed.type.js';
import { AuthUserRecordType } from '../../core/management/user-record.type.js';
import { EmailAddressScalar } from '../../core/users/email-address.scalar.js';
import type { MetadataDocument } from '../../core/users/metadata-document.js';
import type { UserCreationService } from './user-creation.service.js';

@InputType()
export class AdminCreateUserInput {
  @Field(() => EmailAddressScalar)
  declare email: string;

  @Field(() => Boolean, {
    defaultValue: false,
    description: 'Whether you know that the address belongs to the user.',
  })
  declare emailVerified: boolean;

  @Field(() => String, { nullable: true })
  declare firstName?: string | null;

  @Field(() => String, { nullable: true })
  declare lastName?: string | null;

  @Field(() => String, { nullable: true, description: 'What the user wants to be called.' })
  declare displayName?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'A BCP 47 tag such as `de-AT`. The invitation is in this language.',
  })
  declare locale?: string | null;

  @Field(() => [String], { nullable: true, description: 'Requires the scope `auth:roles:write` too.' })
  declare roles?: string[] | null;

  @Field(() => GraphQLJSONObject, { nullable: true })
  declare publicMetadata?: MetadataDocument | null;

  @Field(() => GraphQLJSONObject, { nullable: true })
  declare privateMetadata?: MetadataDocument | null;

  @Field(() => Boolean, {
    defaultValue: true,
    description: 'Whether the user gets an email with a link that chooses a password.',
  })
  declare invite: boolean;
}

@ObjectType('AuthUserCreated', { description: 'The account is created.' })
class AuthUserCreatedType {
  readonly __typename = 'AuthUserCreated';

  @Field(() => AuthUserRecordType)
  readonly record: AuthUserRecordType;

  constructor(record: AuthUserRecordType) {
    this.record = record;
  }
}

const AdminCreateUserResult = resultUnion('AdminCreateUserResult', 'The new user, or the reason for the failure.', [
  AuthUserCreatedType,
  EmailAlreadyExistsErrorType,
  AccountProtectedErrorType,
  InvalidInputErrorType,
]);
const AdminSendInvitationResult = resultUnion(
  'AdminSendInvitationResult',
  'The changed user, or the reason for the failure.',
  [AuthUserChangedType, AccountNotFoundErrorType, AccountProtectedErrorType, TooManyRequestsErrorType],
);

@Resolver()
export class UserCreationResolver {
  constructor(private readonly creation: UserCreationService) {}

  @OperatorScopes('auth:users:write')
  @Mutation(() => AdminCreateUserResult, {
    nullable: true,
    description:
      'Creates an account without a password, and invites its user by email unless `invite` is false or the address has reached its limit of emails. Works even if registration is disabled. Requires the scope `auth:users:write`.',
  })
  async adminCreateUser(
    @Arg('input', () => AdminCreateUserInput) input: AdminCreateUserInput,
    @CurrentOperator() operator: Operator,
    @Ctx() context: GraphQLContext,
  ): Promise<AuthUserCreatedType> {
    const { roles, publicMetadata, privateMetadata, ...account } = input;
    const documents = { publicMetadata: publicMetadata ?? {}, privateMetadata: privateMetadata ?? {} };
    const record = await this.creation.create({ ...account, ...documents, roles: roles ?? [] }, operator);
    return new AuthUserCreatedType(new AuthUserRecordType(record, context.viewer));
  }

  @OperatorScopes('auth:users:write')
  @Mutation(() => AdminSendInvitationResult, {
    nullable: true,
    description:
      'Sends another invitation, and earlier links stop working. `changed` is false and no email is sent if the user has a password or the account is closed. Requires the scope `auth:users:write`.',
  })
  async adminSendInvitation(
    @Arg('input', () => AdminUserInput) input: AdminUserInput,
    @CurrentOperator() operator: Operator,
    @Ctx() context: GraphQLContext,
  ): Promise<AuthUserChangedType> {
    return new AuthUserChangedType(await this.creation.inviteFor(input.userId, operator), context.viewer);
  }
}
