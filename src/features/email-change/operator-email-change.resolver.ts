import { Arg, Ctx, Field, ID, InputType, Mutation, Resolver } from 'type-graphql';
import {
  AccountNotFoundErrorType,
  AccountProtectedErrorType,
  EmailAlreadyExistsErrorType,
  InvalidInputErrorType,
} from '../../core/errors/error.types.js';
import type { GraphQLContext } from '../../core/graphql/context.js';
import { CurrentOperator } from '../../core/graphql/current-operator.js';
import { OperatorScopes } from '../../core/graphql/operator-scopes.js';
import type { Operator } from '../../core/management/operator.js';
import { resultUnion } from '../../platform/graphql/result-union.js';
import { AuthUserChangedType } from '../../core/management/user-changed.type.js';
import { EmailAddressScalar } from '../../core/users/email-address.scalar.js';
import type { OperatorEmailChangeService } from './operator-email-change.service.js';

@InputType()
export class AdminChangeUserEmailInput {
  @Field(() => ID)
  declare userId: string;

  @Field(() => EmailAddressScalar)
  declare newEmail: string;

  @Field(() => Boolean, {
    defaultValue: false,
    description: 'Whether you know that the address belongs to the user.',
  })
  declare verified: boolean;
}

const AdminChangeUserEmailResult = resultUnion(
  'AdminChangeUserEmailResult',
  'The changed user, or the reason for the failure.',
  [
    AuthUserChangedType,
    AccountNotFoundErrorType,
    AccountProtectedErrorType,
    EmailAlreadyExistsErrorType,
    InvalidInputErrorType,
  ],
);

@Resolver()
export class OperatorEmailChangeResolver {
  constructor(private readonly changes: OperatorEmailChangeService) {}

  @OperatorScopes('auth:users:credentials')
  @Mutation(() => AdminChangeUserEmailResult, {
    nullable: true,
    description:
      'Moves an account to another address, sends a notice to the previous one, and ends every session. Requires the scope `auth:users:credentials`.',
  })
  async adminChangeUserEmail(
    @Arg('input', () => AdminChangeUserEmailInput) input: AdminChangeUserEmailInput,
    @CurrentOperator() operator: Operator,
    @Ctx() context: GraphQLContext,
  ): Promise<AuthUserChangedType> {
    const options = { verified: input.verified, operator };
    const changed = await this.changes.change(input.userId, input.newEmail, options);
    return new AuthUserChangedType(changed, context.viewer);
  }
}
