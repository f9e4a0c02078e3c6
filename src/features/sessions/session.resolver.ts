import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, FieldResolver, Info, Mutation, Resolver, Root } from 'type-graphql';
import { AuthenticationMutation } from '../../core/graphql/authentication-mutation.js';
import type { GraphQLContext } from '../../core/graphql/context.js';
import { mutationOf } from '../../platform/graphql/mutation-of.js';
import { SignsOut } from '../../core/graphql/sign-out.js';
import { CurrentUser, Public } from '@auth-subgraph/verifier/type-graphql';
import {
  InvalidTokenErrorType,
  SessionNotFoundErrorType,
  TooManyRequestsErrorType,
} from '../../core/errors/error.types.js';
import { resultUnion } from '../../platform/graphql/result-union.js';
import { UserType } from '../../core/users/user.type.js';
import { LoginSuccessType, viewerOf } from '../../core/authentication/login-success.type.js';
import type { SessionOwner } from '../../core/sessions/session.js';
import {
  AuthSessionType,
  RefreshInput,
  RevokeSessionInput,
  SessionRevokedType,
  SessionsRevokedType,
} from '../../core/sessions/session.type.js';
import { SessionService } from './session.service.js';

const RefreshResult = resultUnion('RefreshResult', 'A new pair of tokens, or the reason for the failure.', [
  LoginSuccessType,
  InvalidTokenErrorType,
  TooManyRequestsErrorType,
]);
const LogoutResult = resultUnion('LogoutResult', 'The ended session, or an error if it had already ended.', [
  SessionRevokedType,
  SessionNotFoundErrorType,
]);
const RevokeSessionResult = resultUnion('RevokeSessionResult', 'The ended session, or an error if it does not exist.', [
  SessionRevokedType,
  SessionNotFoundErrorType,
]);
const RevokeSessionsResult = resultUnion('RevokeSessionsResult', 'The number of ended sessions.', [
  SessionsRevokedType,
]);

@Resolver(() => UserType)
export class SessionResolver {
  constructor(private readonly service: SessionService) {}

  @Public()
  @AuthenticationMutation()
  @Mutation(() => RefreshResult, {
    nullable: true,
    description:
      'Exchanges a refresh token for a new pair. If the input has no token, the refresh cookie is used. Does not require an access token; an invalid or expired one is ignored. Within a short grace period after its rotation, a token returns the current pair of its session.',
  })
  async refresh(
    @Arg('input', () => RefreshInput, { nullable: true }) input: RefreshInput | null,
    @Ctx() context: GraphQLContext,
  ): Promise<LoginSuccessType> {
    const { origin, refreshCookie } = context;
    const given = input?.refreshToken ?? undefined;
    const opened =
      given === undefined
        ? await refreshCookie.exchange((token) => this.service.refresh(token, origin))
        : await this.service.refresh(given, origin);
    context.viewer = viewerOf(opened);
    return new LoginSuccessType(opened, given === undefined && refreshCookie.keep(opened.tokens));
  }

  @SignsOut()
  @Mutation(() => LogoutResult, {
    nullable: true,
    description:
      'Ends the session of the access token. Also clears the refresh cookie, even without a valid access token.',
  })
  async logout(@CurrentUser() viewer: SessionOwner): Promise<SessionRevokedType> {
    await this.service.logout(viewer);
    return new SessionRevokedType(viewer.sessionId);
  }

  @Mutation(() => RevokeSessionResult, { nullable: true, description: "Ends one of the user's own sessions." })
  async revokeSession(
    @CurrentUser() viewer: SessionOwner,
    @Arg('input', () => RevokeSessionInput) input: RevokeSessionInput,
    @Ctx() context: GraphQLContext,
  ): Promise<SessionRevokedType> {
    // As in `AuthSession.id`, by which clients find what they have cached.
    const sessionId = input.sessionId.toLowerCase();
    const revoke = (): Promise<void> => this.service.revoke(viewer, sessionId);
    await (sessionId === viewer.sessionId ? context.refreshCookie.forgetAfter(revoke) : revoke());
    return new SessionRevokedType(sessionId);
  }

  @Mutation(() => RevokeSessionsResult, {
    nullable: true,
    description: 'Ends every session of the user except the current one.',
  })
  async revokeOtherSessions(@CurrentUser() viewer: SessionOwner): Promise<SessionsRevokedType> {
    return new SessionsRevokedType(await this.service.revokeOthers(viewer));
  }

  @Mutation(() => RevokeSessionsResult, {
    nullable: true,
    description: 'Ends every session of the user, including the current one.',
  })
  async revokeAllSessions(
    @CurrentUser() viewer: SessionOwner,
    @Ctx() context: GraphQLContext,
  ): Promise<SessionsRevokedType> {
    return new SessionsRevokedType(await context.refreshCookie.forgetAfter(() => this.service.revokeAll(viewer)));
  }

  @FieldResolver(() => [AuthSessionType], {
    nullable: true,
    description:
      'The live sessions of the user, most recently used first. Visible only to this user; otherwise `null` with a `FORBIDDEN` error.',
  })
  async sessions(
    @Root() user: UserType,
    @Ctx() context: GraphQLContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<AuthSessionType[]> {
    const { loaders, viewer } = context;
    const { id } = user.own;
    // Each mutation of a request must see the changes of the previous one.
    const sessions = await loaders.get(`sessions:${mutationOf(info)}:${id}`, () => this.service.list(id));
    const current = viewer.kind === 'authenticated' ? viewer.sessionId : undefined;
    return sessions.map((session) => new AuthSessionType(session, current));
  }
}
