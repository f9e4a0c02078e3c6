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
import type { RoleService } from './role.service.js';

@InputType({ description: 'A role in both lists is removed.' })
export class AdminChangeUserRolesInput {
  @Field(() => ID)
  declare userId: string;

  @Field(() => [String], { nullable: true })
  declare add?: string[] | null;

  @Field(() => [String], { nullable: true })
  declare remove?: string[] | null;
}

const AdminChangeUserRolesResult = resultUnion(
  'AdminChangeUserRolesResult',
  'The changed user, or the reason for the failure.',
  [AuthUserChangedType, AccountNotFoundErrorType, AccountProtectedErrorType, InvalidInputErrorType],
);

@Resolver()
export class RoleResolver {
  constructor(private readonly roles: RoleService) {}

  @OperatorScopes('auth:roles:write')
  @Mutation(() => AdminChangeUserRolesResult, {
    nullable: true,
    description:
      'Adds and removes roles of a user. You cannot add or remove an `auth:` role that you do not have. If addresses must be verified, a user with an unverified one loses the password with a new role. Requires the scope `auth:roles:write`.',
  })
  async adminChangeUserRoles(
    @Arg('input', () => AdminChangeUserRolesInput) input: AdminChangeUserRolesInput,
    @CurrentOperator() operator: Operator,
    @Ctx() context: GraphQLContext,
  ): Promise<AuthUserChangedType> {
    const change = { add: input.add ?? [], remove: input.remove ?? [] };
    const changed = await this.roles.change(input.userId, change, operator);
    return new AuthUserChangedType(changed, context.viewer);
  }
}
