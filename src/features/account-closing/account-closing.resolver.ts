import { GraphQLDateTime } from 'graphql-scalars';
import { Arg, Field, ID, InputType, Mutation, ObjectType, Resolver } from 'type-graphql';
import {
  AccountNotFoundErrorType,
  AccountProtectedErrorType,
  InvalidInputErrorType,
} from '../../core/errors/error.types.js';
import { CurrentOperator } from '../../core/graphql/current-operator.js';
import { OperatorScopes } from '../../core/graphql/operator-scopes.js';
import type { Operator } from '../../core/management/operator.js';
import { EmailAddressScalar } from '../../core/users/email-address.scalar.js';
import { resultUnion } from '../../platform/graphql/result-union.js';
import type { AccountClosingService, ClosedAccount } from './account-closing.service.js';

@InputType()
export class AdminDeleteUserInput {
  @Field(() => ID)
  declare userId: string;

  @Field(() => EmailAddressScalar, { description: 'The current address of the user, typed again.' })
  declare email: string;
}

@ObjectType('AuthUserClosed', { description: 'The account is closed.' })
export class AuthUserClosedType {
  readonly __typename = 'AuthUserClosed';

  @Field(() => ID)
  readonly userId: string;

  @Field(() => GraphQLDateTime, {
    description: 'Until when the account can be restored with `adminReactivateUser`. After that, it is erased.',
  })
  readonly erasedAfter: Date;

  constructor({ userId, eraseAfter }: ClosedAccount) {
    this.userId = userId;
    this.erasedAfter = eraseAfter;
  }
}

const AdminDeleteUserResult = resultUnion(
  'AdminDeleteUserResult',
  'When the user is erased, or the reason for the failure.',
  [AuthUserClosedType, AccountNotFoundErrorType, AccountProtectedErrorType, InvalidInputErrorType],
);

@Resolver()
export class AccountClosingResolver {
  constructor(private readonly closing: AccountClosingService) {}

  @OperatorScopes('auth:users:delete')
  @Mutation(() => AdminDeleteUserResult, {
    nullable: true,
    description:
      'Closes the account of a user, ends every session at once, and erases the account after a grace period. Requires the scope `auth:users:delete`.',
  })
  async adminDeleteUser(
    @Arg('input', () => AdminDeleteUserInput) { email, userId }: AdminDeleteUserInput,
    @CurrentOperator() operator: Operator,
  ): Promise<AuthUserClosedType> {
    return new AuthUserClosedType(await this.closing.closeById(userId, { email, operator }));
  }
}
