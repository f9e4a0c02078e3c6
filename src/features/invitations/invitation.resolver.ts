import { Public } from '@auth-subgraph/verifier/type-graphql';
import { Arg, Ctx, Field, InputType, Mutation, Resolver } from 'type-graphql';
import { enterSession, LoginSuccessType } from '../../core/authentication/login-success.type.js';
import {
  InvalidInputErrorType,
  InvalidTokenErrorType,
  TooManyRequestsErrorType,
  WeakPasswordErrorType,
} from '../../core/errors/error.types.js';
import { AuthenticationMutation } from '../../core/graphql/authentication-mutation.js';
import type { GraphQLContext } from '../../core/graphql/context.js';
import { resultUnion } from '../../platform/graphql/result-union.js';
import type { InvitationService } from './invitation.service.js';

@InputType()
export class AcceptInvitationInput {
  @Field(() => String, { description: 'The token from the link in the email.' })
  declare token: string;

  @Field(() => String)
  declare password: string;

  @Field(() => String, { nullable: true, description: 'Replaces the name in the invitation.' })
  declare firstName?: string | null;

  @Field(() => String, { nullable: true, description: 'Replaces the name in the invitation.' })
  declare lastName?: string | null;
}

const AcceptInvitationResult = resultUnion(
  'AcceptInvitationResult',
  'The session of the invited user, or the reason for the failure.',
  [LoginSuccessType, InvalidTokenErrorType, WeakPasswordErrorType, InvalidInputErrorType, TooManyRequestsErrorType],
);

@Resolver()
export class InvitationResolver {
  constructor(private readonly invitations: InvitationService) {}

  @Public()
  @AuthenticationMutation()
  @Mutation(() => AcceptInvitationResult, {
    nullable: true,
    description:
      'Sets the first password of an invited user, verifies the address, and signs in. If the password is rejected, the token stays valid.',
  })
  async acceptInvitation(
    @Arg('input', () => AcceptInvitationInput) input: AcceptInvitationInput,
    @Ctx() context: GraphQLContext,
  ): Promise<LoginSuccessType> {
    context.refreshCookie.refuseOtherSites();
    return enterSession(await this.invitations.accept(input, context.origin), context);
  }
}
