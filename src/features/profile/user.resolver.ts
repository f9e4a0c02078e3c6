import { Ctx, Query, Resolver } from 'type-graphql';
import type { GraphQLContext } from '../../core/graphql/context.js';
import { CurrentUser } from '@auth-subgraph/verifier/type-graphql';
import { isUuid } from '../../platform/random.js';
import type { SessionOwner } from '../../core/sessions/session.js';
import { createUserLoader, type UserLoader } from './user.loader.js';
import type { User } from '../../core/users/user.js';
import type { UserService } from './user.service.js';
import { UserType } from '../../core/users/user.type.js';

/** One for each request, since it gathers and keeps what one request reads. */
@Resolver(() => UserType)
export class UserResolver {
  private loader: UserLoader | undefined;
  private own: Promise<User> | undefined;

  constructor(private readonly users: UserService) {}

  @Query(() => UserType, {
    nullable: true,
    description: 'The signed-in user. UNAUTHENTICATED without a valid access token of a live session.',
  })
  async me(@CurrentUser() viewer: SessionOwner, @Ctx() context: GraphQLContext): Promise<UserType> {
    this.own ??= this.users.me(viewer);
    return new UserType(await this.own, context.viewer);
  }

  /** Answers a gateway's reference. Believes nothing of it but the id; unknown and malformed ids are null. */
  async resolveReference({ id }: { id?: unknown }, context: GraphQLContext): Promise<UserType | null> {
    if (!isUuid(id)) return null;
    this.loader ??= createUserLoader(this.users, context);
    const user = await this.loader.load(id.toLowerCase());
    return user && new UserType(user, context.viewer);
  }
}
