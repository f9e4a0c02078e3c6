import { Arg, Mutation, Resolver } from 'type-graphql';
import { MailRequestedType } from '../../core/email/email-requested.type.js';
import {
  AccountNotFoundErrorType,
  AccountProtectedErrorType,
  TooManyRequestsErrorType,
} from '../../core/errors/error.types.js';
import { CurrentOperator } from '../../core/graphql/current-operator.js';
import { OperatorScopes } from '../../core/graphql/operator-scopes.js';
import type { Operator } from '../../core/management/operator.js';
import { resultUnion } from '../../platform/graphql/result-union.js';
import { AdminUserInput } from '../../core/management/user-changed.type.js';
import type { OperatorResetService } from './operator-reset.service.js';

const AdminSendPasswordResetResult = resultUnion(
  'AdminSendPasswordResetResult',
  'The address that gets the link, or the reason for the failure.',
  [MailRequestedType, AccountNotFoundErrorType, AccountProtectedErrorType, TooManyRequestsErrorType],
);

@Resolver()
export class OperatorResetResolver {
  constructor(private readonly resets: OperatorResetService) {}

  @OperatorScopes('auth:users:write')
  @Mutation(() => AdminSendPasswordResetResult, {
    nullable: true,
    description:
      'Emails a user a link that resets the password; the current one stays valid until then. A closed account results in `AccountProtectedError`. Requires the scope `auth:users:write`.',
  })
  async adminSendPasswordReset(
    @Arg('input', () => AdminUserInput) input: AdminUserInput,
    @CurrentOperator() operator: Operator,
  ): Promise<MailRequestedType> {
    return new MailRequestedType(await this.resets.request(input.userId, operator));
  }
}
