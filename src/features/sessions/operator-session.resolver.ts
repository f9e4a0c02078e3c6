import { Arg, Field, ID, InputType, Mutation, Resolver } from 'type-graphql';
import {
  AccountNotFoundErrorType,
  AccountProtectedErrorType,
  SessionNotFoundErrorType,
} from '../../core/errors/error.types.js';
import { CurrentOperator } from '../../core/graphql/current-operator.js';
import { OperatorScopes } from '../../core/graphql/operator-scopes.js';
import type { Operator } from '../../core/management/operator.js';
import { resultUnion } from '../../platform/graphql/result-union.js';
import { SessionsRevokedType } from '../../core/sessions/session.type.js';
import type { OperatorSessionService } from './operator-session.service.js';

@InputType()
export class AdminRevokeUserSessionsInput {
  @Field(() => ID)
  declare userId: string;

  @Field(() => ID, { nullable: true, description: 'The only session to end; without it, all end.' })
  declare sessionId?: string | null;
}

const AdminRevokeUserSessionsResult = resultUnion(
  'AdminRevokeUserSessionsResult',
  'How many sessions have ended, or the reason for the failure.',
  [SessionsRevokedType, AccountNotFoundErrorType, AccountProtectedErrorType, SessionNotFoundErrorType],
);

@Resolver()
export class OperatorSessionResolver {
  constructor(private readonly sessions: OperatorSessionService) {}

  @OperatorScopes('auth:users:write')
  @Mutation(() => AdminRevokeUserSessionsResult, {
    nullable: true,
    description: 'Ends every session of a user, or one of them. Requires the scope `auth:users:write`.',
  })
  async adminRevokeUserSessions(
    @Arg('input', () => AdminRevokeUserSessionsInput) input: AdminRevokeUserSessionsInput,
    @CurrentOperator() operator: Operator,
  ): Promise<SessionsRevokedType> {
    const chosen = { sessionId: input.sessionId ?? undefined, operator };
    return new SessionsRevokedType(await this.sessions.revokeOfUser(input.userId, chosen));
  }
}
