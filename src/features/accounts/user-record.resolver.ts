import DataLoader from 'dataloader';
import { Arg, Ctx, ID, Query, Resolver } from 'type-graphql';
import { AccountNotFoundErrorType } from '../../core/errors/error.types.js';
import { AccountNotFoundError } from '../../core/errors/errors.js';
import type { GraphQLContext } from '../../core/graphql/context.js';
import { CurrentOperator } from '../../core/graphql/current-operator.js';
import { OperatorScopes } from '../../core/graphql/operator-scopes.js';
import type { Operator } from '../../core/management/operator.js';
import type { UserRecord } from '../../core/management/user-record.js';
import { AuthUserRecordType } from '../../core/management/user-record.type.js';
import { resultUnion } from '../../platform/graphql/result-union.js';
import type { UserRecordService } from './user-record.service.js';

const AdminUserResult = resultUnion('AdminUserResult', 'The user, or the reason for the failure.', [
  AuthUserRecordType,
  AccountNotFoundErrorType,
]);

@Resolver()
export class UserRecordResolver {
  constructor(private readonly records: UserRecordService) {}

  @OperatorScopes('auth:users:read')
  @Query(() => AdminUserResult, { nullable: true, description: 'Requires the scope `auth:users:read`.' })
  async adminUser(
    @Arg('id', () => ID) id: string,
    @CurrentOperator() operator: Operator,
    @Ctx() context: GraphQLContext,
  ): Promise<AuthUserRecordType> {
    const find = (ids: readonly string[]): Promise<(UserRecord | null)[]> => this.records.findAll(operator, ids);
    const record = await context.loaders.get('userRecords', () => new DataLoader(find)).load(id);
    if (!record) throw new AccountNotFoundError();
    return new AuthUserRecordType(record, context.viewer);
  }
}
