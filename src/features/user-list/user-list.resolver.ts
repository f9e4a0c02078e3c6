import { Args, Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql';
import type { GraphQLContext } from '../../core/graphql/context.js';
import { CurrentOperator } from '../../core/graphql/current-operator.js';
import { OperatorScopes } from '../../core/graphql/operator-scopes.js';
import { countSearch, DEFAULT_PAGE, requirePageSize } from '../../core/graphql/page-arguments.js';
import { toRequestError } from '../../core/graphql/search-failure.js';
import type { Operator } from '../../core/management/operator.js';
import type { UserCount, UserFilter } from './user-list.js';
import type { UserListService } from './user-list.service.js';
import { AdminUsersArgs, AuthCountType, AuthUserRecordConnectionType, type AdminUserFilter } from './user-list.type.js';

@Resolver(() => AuthUserRecordConnectionType)
export class UserListResolver {
  constructor(private readonly lists: UserListService) {}

  @OperatorScopes('auth:users:read')
  @Query(() => AuthUserRecordConnectionType, {
    nullable: true,
    description:
      'Requires the scope `auth:users:read`. Fails with `BAD_USER_INPUT` for an invalid cursor, search or page size, or for more than five searches and counts in a request, and with `OPERATION_TOO_COMPLEX` if a search takes longer than two seconds.',
  })
  async adminUsers(
    @Args(() => AdminUsersArgs) { first, after, filter, orderBy }: AdminUsersArgs,
    @CurrentOperator() operator: Operator,
    @Ctx() context: GraphQLContext,
  ): Promise<AuthUserRecordConnectionType> {
    countSearch(context.loaders);
    const wanted = filterOf(filter);
    const query = {
      filter: wanted,
      first: requirePageSize(first ?? DEFAULT_PAGE),
      after: after ?? undefined,
      orderBy: orderBy ?? undefined,
    };
    const page = await this.lists.list(operator, query).catch(toRequestError);
    const isFollowing = query.after !== undefined;
    return new AuthUserRecordConnectionType(page, { filter: wanted, isFollowing, viewer: context.viewer });
  }

  @FieldResolver(() => AuthCountType, {
    nullable: true,
    description: 'How many users meet the conditions. Counted only if it is selected; null with a search.',
  })
  async count(
    @Root() { filter }: AuthUserRecordConnectionType,
    @Ctx() { loaders }: GraphQLContext,
  ): Promise<UserCount | null> {
    countSearch(loaders);
    return this.lists.count(filter).catch(toRequestError);
  }
}

function filterOf(filter: AdminUserFilter | null | undefined): UserFilter {
  return Object.fromEntries(Object.entries(filter ?? {}).map(([name, value]) => [name, value ?? undefined]));
}
