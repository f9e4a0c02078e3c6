import type { AuthenticatedViewer } from '@auth-subgraph/verifier';
import { Field, ObjectType } from 'type-graphql';
import { AuthSessionType, AuthTokensType } from '../sessions/session.type.js';
import { UserType } from '../users/user.type.js';
import type { OpenedSession } from './authentication.service.js';

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

  /** @param isInCookie whether the browser keeps the refresh token, so that no script needs to see it */
  constructor(opened: OpenedSession, isInCookie: boolean) {
    this.user = new UserType(opened.user, viewerOf(opened));
    this.session = new AuthSessionType(opened.session, opened.session.id);
    this.tokens = new AuthTokensType(opened.tokens, isInCookie);
    this.deviceToken = opened.deviceToken;
  }
}

/** Who has just signed in: the viewer for the rest of the operation, who may read their own address. */
export function viewerOf({ session, tokens, user }: OpenedSession): AuthenticatedViewer {
  const { claims, scopes } = tokens;
  return { kind: 'authenticated', userId: user.id, sessionId: session.id, scopes, claims };
}
