import { Arg, Ctx, Field, InputType, Mutation, ObjectType, Resolver } from 'type-graphql';
import { AuthenticationMutation } from '../../core/graphql/authentication-mutation.js';
import type { GraphQLContext } from '../../core/graphql/context.js';
import { CurrentUser } from '@auth-subgraph/verifier/type-graphql';
import {
  EmailAlreadyExistsErrorType,
  EmailAlreadyVerifiedErrorType,
  InvalidCredentialsErrorType,
  InvalidInputErrorType,
  InvalidTokenErrorType,
  TooManyRequestsErrorType,
} from '../../core/errors/error.types.js';
import { resultUnion } from '../../platform/graphql/result-union.js';
import type { SessionOwner } from '../../core/sessions/session.js';
import { EmailAddressScalar } from '../../core/users/email-address.scalar.js';
import { UserType } from '../../core/users/user.type.js';
import type { EmailChangeService } from './email-change.service.js';
import { MailRequestedType } from '../../core/email/email-requested.type.js';

@InputType()
export class ChangeEmailInput {
  @Field(() => EmailAddressScalar)
  declare newEmail: string;

  @Field(() => String)
  declare currentPassword: string;
}

@InputType()
export class ConfirmEmailChangeInput {
  @Field(() => String, { description: 'The token from the link in the email.' })
  declare token: string;
}

@ObjectType('EmailChanged', { description: 'The email address is changed and verified.' })
class EmailChangedType {
  readonly __typename = 'EmailChanged';

  @Field(() => UserType)
  readonly user: UserType;

  constructor(user: UserType) {
    this.user = user;
  }
}

const ChangeEmailResult = resultUnion('ChangeEmailResult', 'Confirms that the request was accepted, or says why not.', [
  MailRequestedType,
  InvalidCredentialsErrorType,
  InvalidInputErrorType,
  TooManyRequestsErrorType,
]);
const ConfirmEmailChangeResult = resultUnion(
  'ConfirmEmailChangeResult',
  'The user with the new email address, or the reason for the failure.',
  [
    EmailChangedType,
    InvalidTokenErrorType,
    EmailAlreadyExistsErrorType,
    EmailAlreadyVerifiedErrorType,
    TooManyRequestsErrorType,
  ],
);

@Resolver()
export class EmailChangeResolver {
  constructor(private readonly changes: EmailChangeService) {}

  @AuthenticationMutation()
  @Mutation(() => ChangeEmailResult, {
    nullable: true,
    description:
      'Emails a link to the new address and a notice to the old one. Nothing changes until the link is confirmed.',
  })
  async changeEmail(
    @Arg('input', () => ChangeEmailInput) input: ChangeEmailInput,
    @CurrentUser() viewer: SessionOwner,
    @Ctx() { origin }: GraphQLContext,
  ): Promise<MailRequestedType> {
    return new MailRequestedType(await this.changes.request(viewer, input, origin));
  }

  @AuthenticationMutation()
  @Mutation(() => ConfirmEmailChangeResult, {
    nullable: true,
    description:
      'Changes the email address to the one that the token was sent to, and ends every other session. Requires a session of the account that requested the change.',
  })
  async confirmEmailChange(
    @Arg('input', () => ConfirmEmailChangeInput) { token }: ConfirmEmailChangeInput,
    @CurrentUser() viewer: SessionOwner,
    @Ctx() context: GraphQLContext,
  ): Promise<EmailChangedType> {
    return new EmailChangedType(
      new UserType(await this.changes.confirm(token, viewer, context.origin), context.viewer),
    );
  }
}
