import { Ctx, Query, Resolver } from 'type-graphql';
import type { GraphQLContext } from '../../core/graphql/context.js';
import { CurrentUser } from '@auth-subgraph/verifier/type-graphql';
import { isUuid } from '../../platform/random.js';
import type { SessionOwner } from '../../core/sessions/session.js';
import { createUserLoader } from './user.loader.js';
import { UserType } from '../../core/users/user.type.js';
import { ProfileService } from './profile.service.js';

@Resolver(() => UserType)
export class ProfileResolver {
  constructor(private readonly users: ProfileService) {}

  @Query(() => UserType, {
    nullable: true,
    description: 'The signed-in user. Fails with `UNAUTHENTICATED` without a valid access token of a live session.',
  })
  async me(@CurrentUser() viewer: SessionOwner, @Ctx() context: GraphQLContext): Promise<UserType> {
    const user = await context.loaders.get('me', () => this.users.me(viewer));
    return new UserType(user, context.viewer);
  }

  /** Resolves a reference of a gateway. Uses only the id; returns null for unknown and malformed ids. */
  async resolveReference({ id }: { id?: unknown }, context: GraphQLContext): Promise<UserType | null> {
    if (!isUuid(id)) return null;
    const loader = context.loaders.get('users', () => createUserLoader(this.users, context));
    const user = await loader.load(id.toLowerCase());
    return user && new UserType(user, context.viewer);
  }
}
