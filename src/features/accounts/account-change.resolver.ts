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
import { AdminUserInput, AuthUserChangedType } from '../../core/management/user-changed.type.js';
import { EmailAddressScalar } from '../../core/users/email-address.scalar.js';
import type { AccountChangeService } from './account-change.service.js';

@InputType()
export class AdminVerifyUserEmailInput {
  @Field(() => ID)
  declare userId: string;

  @Field(() => EmailAddressScalar, { description: 'The address of the user.' })
  declare email: string;
}

@InputType()
export class AdminDeactivateUserInput {
  @Field(() => ID)
  declare userId: string;

  @Field(() => String, {
    nullable: true,
    description: 'For other operators, at most 500 characters. The user does not see it.',
  })
  declare reason?: string | null;
}

const AdminVerifyUserEmailResult = resultUnion(
  'AdminVerifyUserEmailResult',
  'The changed user, or the reason for the failure.',
  [AuthUserChangedType, AccountNotFoundErrorType, AccountProtectedErrorType, InvalidInputErrorType],
);
const AdminDeactivateUserResult = resultUnion(
  'AdminDeactivateUserResult',
  'The changed user, or the reason for the failure.',
  [AuthUserChangedType, AccountNotFoundErrorType, AccountProtectedErrorType, InvalidInputErrorType],
);
const AdminReactivateUserResult = resultUnion(
  'AdminReactivateUserResult',
  'The changed user, or the reason for the failure.',
  [AuthUserChangedType, AccountNotFoundErrorType, AccountProtectedErrorType],
);

@Resolver()
export class AccountChangeResolver {
  constructor(private readonly changes: AccountChangeService) {}

  @OperatorScopes('auth:users:write')
  @Mutation(() => AdminVerifyUserEmailResult, {
    nullable: true,
    description:
      'Marks the address of a user as verified, if the user has this address. Requires the scope `auth:users:write`.',
  })
  async adminVerifyUserEmail(
    @Arg('input', () => AdminVerifyUserEmailInput) input: AdminVerifyUserEmailInput,
    @CurrentOperator() operator: Operator,
    @Ctx() context: GraphQLContext,
  ): Promise<AuthUserChangedType> {
    return new AuthUserChangedType(await this.changes.verifyEmail(input.userId, input.email, operator), context.viewer);
  }

  @OperatorScopes('auth:users:write')
  @Mutation(() => AdminDeactivateUserResult, {
    nullable: true,
    description:
      'Deactivates the account of a user, and ends every session at once. Requires the scope `auth:users:write`.',
  })
  async adminDeactivateUser(
    @Arg('input', () => AdminDeactivateUserInput) input: AdminDeactivateUserInput,
    @CurrentOperator() operator: Operator,
    @Ctx() context: GraphQLContext,
  ): Promise<AuthUserChangedType> {
    return new AuthUserChangedType(await this.changes.deactivate(input.userId, input.reason, operator), context.viewer);
  }

  @OperatorScopes('auth:users:write')
  @Mutation(() => AdminReactivateUserResult, {
    nullable: true,
    description:
      'Opens a deactivated account again, or restores a closed one. Sessions do not come back. Requires the scope `auth:users:write`.',
  })
  async adminReactivateUser(
    @Arg('input', () => AdminUserInput) input: AdminUserInput,
    @CurrentOperator() operator: Operator,
    @Ctx() context: GraphQLContext,
  ): Promise<AuthUserChangedType> {
    return new AuthUserChangedType(await this.changes.reactivate(input.userId, operator), context.viewer);
  }
}
