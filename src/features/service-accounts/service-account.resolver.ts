import { Arg, Ctx, Mutation, Query, Resolver } from 'type-graphql';
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
import type { ServiceAccountService } from './service-account.service.js';
import {
  AdminCreateServiceAccountInput,
  AdminServiceAccountInput,
  AdminServiceKeyInput,
  AuthServiceAccountCreatedType,
  AuthServiceAccountDeletedType,
  AuthServiceAccountType,
  AuthServiceKeyCreatedType,
  AuthServiceKeyRevokedType,
} from './service-account.type.js';

const CreateServiceAccountResult = resultUnion(
  'AdminCreateServiceAccountResult',
  'The new service account, or the reason for the failure.',
  [AuthServiceAccountCreatedType, AccountProtectedErrorType, InvalidInputErrorType],
);
const CreateServiceKeyResult = resultUnion(
  'AdminCreateServiceKeyResult',
  'The new key, or the reason for the failure.',
  [AuthServiceKeyCreatedType, AccountNotFoundErrorType, AccountProtectedErrorType, InvalidInputErrorType],
);
const RevokeServiceKeyResult = resultUnion(
  'AdminRevokeServiceKeyResult',
  'The revoked key, or the reason for the failure.',
  [AuthServiceKeyRevokedType, AccountNotFoundErrorType, AccountProtectedErrorType],
);
const DeleteServiceAccountResult = resultUnion(
  'AdminDeleteServiceAccountResult',
  'The deleted service account, or the reason for the failure.',
  [AuthServiceAccountDeletedType, AccountNotFoundErrorType, AccountProtectedErrorType],
);

const SCOPE = 'auth:services:write';

@Resolver()
export class ServiceAccountResolver {
  constructor(private readonly service: ServiceAccountService) {}

  @OperatorScopes(SCOPE)
  @Query(() => [AuthServiceAccountType], {
    nullable: true,
    description: 'The service accounts, the oldest first. Requires the scope `auth:services:write`.',
  })
  async adminServiceAccounts(
    @CurrentOperator() operator: Operator,
    @Ctx() { loaders }: GraphQLContext,
  ): Promise<AuthServiceAccountType[]> {
    const accounts = await loaders.get('serviceAccounts', () => this.service.list(operator));
    return accounts.map((account) => new AuthServiceAccountType(account));
  }

  @OperatorScopes(SCOPE)
  @Mutation(() => CreateServiceAccountResult, {
    nullable: true,
    description:
      'Creates a service account. You can give it only scopes that you have. Requires the scope `auth:services:write`.',
  })
  async adminCreateServiceAccount(
    @Arg('input', () => AdminCreateServiceAccountInput) input: AdminCreateServiceAccountInput,
    @CurrentOperator() operator: Operator,
  ): Promise<AuthServiceAccountCreatedType> {
    return new AuthServiceAccountCreatedType(await this.service.create(input, operator));
  }

  @OperatorScopes(SCOPE)
  @Mutation(() => CreateServiceKeyResult, {
    nullable: true,
    description:
      'Creates a key, which is shown only this once. A service account has at most two, so that one can be replaced. You must have every scope of the account. Requires the scope `auth:services:write`.',
  })
  async adminCreateServiceKey(
    @Arg('input', () => AdminServiceAccountInput) { serviceAccountId }: AdminServiceAccountInput,
    @CurrentOperator() operator: Operator,
  ): Promise<AuthServiceKeyCreatedType> {
    return new AuthServiceKeyCreatedType(await this.service.createKey(serviceAccountId, operator));
  }

  @OperatorScopes(SCOPE)
  @Mutation(() => RevokeServiceKeyResult, {
    nullable: true,
    description:
      'Revokes a key. Access tokens already issued for it stay valid until they expire. Requires the scope `auth:services:write`.',
  })
  async adminRevokeServiceKey(
    @Arg('input', () => AdminServiceKeyInput) { serviceAccountId, keyId }: AdminServiceKeyInput,
    @CurrentOperator() operator: Operator,
  ): Promise<AuthServiceKeyRevokedType> {
    return new AuthServiceKeyRevokedType(await this.service.revokeKey(serviceAccountId, keyId, operator));
  }

  @OperatorScopes(SCOPE)
  @Mutation(() => DeleteServiceAccountResult, {
    nullable: true,
    description:
      'Deletes a service account with its keys. Its access tokens are stale at once. Requires the scope `auth:services:write`.',
  })
  async adminDeleteServiceAccount(
    @Arg('input', () => AdminServiceAccountInput) { serviceAccountId }: AdminServiceAccountInput,
    @CurrentOperator() operator: Operator,
  ): Promise<AuthServiceAccountDeletedType> {
    await this.service.delete(serviceAccountId, operator);
    return new AuthServiceAccountDeletedType(serviceAccountId.toLowerCase());
  }
}
