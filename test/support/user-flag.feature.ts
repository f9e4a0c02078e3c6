import type { AuthenticatedViewer } from '@auth-subgraph/verifier';
import { CurrentUser } from '@auth-subgraph/verifier/type-graphql';
import { Arg, Field, Mutation, ObjectType, Resolver } from 'type-graphql';
import type { Core } from '../../src/core/composition/core.js';
import type { Feature } from '../../src/core/composition/feature.js';
import { AccountProtectedErrorType } from '../../src/core/errors/error.types.js';
import { AccountProtectedError } from '../../src/core/errors/errors.js';
import { AccountUnlocked } from '../../src/core/attempts/attempt.events.js';
import { OperatorScopes } from '../../src/core/graphql/operator-scopes.js';
import { resultUnion } from '../../src/platform/graphql/result-union.js';

@ObjectType('UserFlagged')
class UserFlaggedType {
  readonly __typename = 'UserFlagged';

  @Field(() => String)
  declare userId: string;
}

const AdminFlagUserResult = resultUnion('AdminFlagUserResult', 'The flagged user, or why nobody is.', [
  UserFlaggedType,
  AccountProtectedErrorType,
]);

interface FlagServices {
  readonly flags: { flag(userId: string): Promise<void> };
}

@Resolver()
class UserFlagResolver {
  constructor(private readonly flags: FlagServices['flags']) {}

  @OperatorScopes('auth:users:write')
  @Mutation(() => AdminFlagUserResult, { nullable: true })
  async adminFlagUser(
    @Arg('userId', () => String) userId: string,
    @CurrentUser() viewer: AuthenticatedViewer,
  ): Promise<UserFlaggedType> {
    if (viewer.userId === userId) throw new AccountProtectedError();
    await this.flags.flag(userId);
    return Object.assign(new UserFlaggedType(), { userId });
  }
}

/** A made-up change of user management, which records an event. */
export const userFlags = {
  name: 'user-flags',
  managementResolvers: [{ type: UserFlagResolver, create: ({ flags }: FlagServices) => new UserFlagResolver(flags) }],
  services: ({ eventRecorder, outboxRepository }: Core): FlagServices => ({
    flags: {
      flag: async (userId) => {
        await outboxRepository.insert([eventRecorder.record(AccountUnlocked, { userId })]);
      },
    },
  }),
} satisfies Feature;
