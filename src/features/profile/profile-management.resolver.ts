import { GraphQLJSONObject } from 'graphql-scalars';
import { Arg, Ctx, Field, ID, InputType, Mutation, Resolver } from 'type-graphql';
import {
  AccountNotFoundErrorType,
  AccountProtectedErrorType,
  InvalidInputErrorType,
} from '../../core/errors/error.types.js';
import type { GraphQLContext } from '../../core/graphql/context.js';
import { CurrentOperator } from '../../core/graphql/current-operator.js';
import { OperatorScopes } from '../../core/graphql/operator-scopes.js';
import type { Operator } from '../../core/management/operator.js';
import { resultUnion } from '../../platform/graphql/result-union.js';
import { AuthUserChangedType } from '../../core/management/user-changed.type.js';
import type { MetadataDocument } from '../../core/users/metadata-document.js';
import type { ProfileChangeService } from './profile-change.service.js';

@InputType()
export class AdminUpdateUserInput {
  @Field(() => ID)
  declare userId: string;

  @Field(() => String, { nullable: true })
  declare firstName?: string | null;

  @Field(() => String, { nullable: true })
  declare lastName?: string | null;

  @Field(() => String, { nullable: true })
  declare displayName?: string | null;

  @Field(() => String, { nullable: true })
  declare avatarUrl?: string | null;

  @Field(() => String, { nullable: true })
  declare locale?: string | null;

  @Field(() => GraphQLJSONObject, {
    nullable: true,
    description:
      'Replaces keys one by one: null removes a key, and an absent one stays. Null instead of an object changes nothing.',
  })
  declare publicMetadata?: MetadataDocument | null;

  @Field(() => GraphQLJSONObject, { nullable: true, description: 'Replaces keys like `publicMetadata`.' })
  declare privateMetadata?: MetadataDocument | null;
}

const AdminUpdateUserResult = resultUnion('AdminUpdateUserResult', 'The changed user, or the reason for the failure.', [
  AuthUserChangedType,
  AccountNotFoundErrorType,
  AccountProtectedErrorType,
  InvalidInputErrorType,
]);

@Resolver()
export class ProfileManagementResolver {
  constructor(private readonly changes: ProfileChangeService) {}

  @OperatorScopes('auth:users:write')
  @Mutation(() => AdminUpdateUserResult, {
    nullable: true,
    description:
      'Changes the fields that are in the input: null clears a text field, and an absent one stays. Requires the scope `auth:users:write`.',
  })
  async adminUpdateUser(
    @Arg('input', () => AdminUpdateUserInput) input: AdminUpdateUserInput,
    @CurrentOperator() operator: Operator,
    @Ctx() context: GraphQLContext,
  ): Promise<AuthUserChangedType> {
    const { userId, ...command } = input;
    return new AuthUserChangedType(await this.changes.update(userId, command, operator), context.viewer);
  }
}
