import { Field, ObjectType } from 'type-graphql';
import type { GraphQLContext } from '../graphql/context.js';
import { UserType } from '../users/user.type.js';
import type { OpenedSession } from './sign-in.service.js';
import { AuthSessionType, AuthTokensType } from '../sessions/session.type.js';

@ObjectType('LoginSuccess', { description: 'The session is open.' })
export class LoginSuccessType {
  readonly __typename = 'LoginSuccess';

  @Field(() => UserType)
  readonly user: UserType;

  @Field(() => AuthSessionType)
  readonly session: AuthSessionType;

  @Field(() => AuthTokensType)
  readonly tokens: AuthTokensType;

  @Field(() => String, {
    nullable: true,
    description:
      'On a device that has not signed in before: keep it and send it along with later logins, and guesses of strangers cannot shut this device out.',
  })
  readonly deviceToken: string | null;

  constructor(opened: OpenedSession, context: GraphQLContext, isInCookie: boolean) {
    this.user = new UserType(opened.user, context.viewer);
    this.session = new AuthSessionType(opened.session, opened.session.id);
    this.tokens = new AuthTokensType(opened.tokens, isInCookie);
    this.deviceToken = opened.deviceToken;
  }

  /**
   * Makes the new session's user the viewer, for the rest of the operation: who signs in may read their own address.
   * The refresh token goes into the cookie, where there is one, unless it is to come in the payload.
   */
  static signIn(
    opened: OpenedSession,
    context: GraphQLContext,
    carrier: 'cookie' | 'payload' = 'cookie',
  ): LoginSuccessType {
    const { scopes, claims } = opened.tokens;
    const { user, session } = opened;
    context.viewer = { kind: 'authenticated', userId: user.id, sessionId: session.id, scopes, claims };
    if (opened.deviceToken !== null) context.deviceCookie.keep(opened.deviceToken);
    return new LoginSuccessType(opened, context, carrier === 'cookie' && context.refreshCookie.keep(opened.tokens));
  }
}
