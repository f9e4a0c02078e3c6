import type { AuthenticatedViewer } from '@auth-subgraph/verifier';
import { Field, ObjectType } from 'type-graphql';
import type { GraphQLContext } from '../graphql/context.js';
import { AuthSessionType, AuthTokensType } from '../sessions/session.type.js';
import { UserType } from '../users/user.type.js';
import type { OpenedSession } from './authentication.service.js';

@ObjectType('LoginSuccess', { description: 'The user is signed in.' })
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
      'Set if the device is new. Store it on the device and send it with later logins: wrong passwords from other devices then do not lock this one.',
  })
  readonly deviceToken: string | null;

  /** @param isInCookie whether the refresh token is in a cookie; then the result does not contain it */
  constructor(opened: OpenedSession, isInCookie: boolean) {
    this.user = new UserType(opened.user, viewerOf(opened));
    this.session = new AuthSessionType(opened.session, opened.session.id);
    this.tokens = new AuthTokensType(opened.tokens, isInCookie);
    this.deviceToken = opened.deviceToken;
  }
}

/** The viewer for the rest of the operation: the user who has just signed in. */
export function viewerOf({ session, tokens, user }: OpenedSession): AuthenticatedViewer {
  const { claims, scopes } = tokens;
  return { kind: 'authenticated', userId: user.id, sessionId: session.id, scopes, claims };
}

/** Makes a new session the one of the request: sets its viewer and cookies, and returns the result of the sign-in. */
export function enterSession(opened: OpenedSession, context: GraphQLContext): LoginSuccessType {
  context.viewer = viewerOf(opened);
  context.deviceCookie.keep(opened.deviceToken);
  return new LoginSuccessType(opened, context.refreshCookie.keep(opened.tokens));
}
