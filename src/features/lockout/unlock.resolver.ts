import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { AccountNotFoundErrorType, AccountProtectedErrorType } from '../../core/errors/error.types.js';
import type { GraphQLContext } from '../../core/graphql/context.js';
import { CurrentOperator } from '../../core/graphql/current-operator.js';
import { OperatorScopes } from '../../core/graphql/operator-scopes.js';
import type { Operator } from '../../core/management/operator.js';
import { resultUnion } from '../../platform/graphql/result-union.js';
import { AdminUserInput, AuthUserChangedType } from '../../core/management/user-changed.type.js';
import type { UnlockService } from './unlock.service.js';

const AdminUnlockUserResult = resultUnion('AdminUnlockUserResult', 'The changed user, or the reason for the failure.', [
  AuthUserChangedType,
  AccountNotFoundErrorType,
  AccountProtectedErrorType,
]);

@Resolver()
export class UnlockResolver {
  constructor(private readonly unlocking: UnlockService) {}

  @OperatorScopes('auth:users:write')
  @Mutation(() => AdminUnlockUserResult, {
    nullable: true,
    description:
      'Resets the count of wrong passwords, which ends a lockout. `changed` says whether sign-in was locked. Requires the scope `auth:users:write`.',
  })
  async adminUnlockUser(
    @Arg('input', () => AdminUserInput) input: AdminUserInput,
    @CurrentOperator() operator: Operator,
    @Ctx() context: GraphQLContext,
  ): Promise<AuthUserChangedType> {
    return new AuthUserChangedType(await this.unlocking.unlockUser(input.userId, operator), context.viewer);
  }
}
