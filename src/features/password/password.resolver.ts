import { Arg, Ctx, Field, InputType, Mutation, ObjectType, Resolver } from 'type-graphql';
import { AuthenticationMutation } from '../../core/graphql/authentication-mutation.js';
import type { GraphQLContext } from '../../core/graphql/context.js';
import { CurrentUser, Public } from '@auth-subgraph/verifier/type-graphql';
import {
  InvalidCredentialsErrorType,
  InvalidInputErrorType,
  InvalidTokenErrorType,
  TooManyRequestsErrorType,
  WeakPasswordErrorType,
} from '../../core/errors/error.types.js';
import { resultUnion } from '../../platform/graphql/result-union.js';
import type { SessionOwner } from '../../core/sessions/session.js';
import { EmailAddressScalar } from '../../core/users/email-address.scalar.js';
import { UserType } from '../../core/users/user.type.js';
import type { PasswordChangeService } from './password-change.service.js';
import type { PasswordResetService } from './password-reset.service.js';
import { MailRequestedType } from '../../core/email/email-requested.type.js';

@InputType()
export class ForgotPasswordInput {
  @Field(() => EmailAddressScalar)
  declare email: string;
}

@InputType()
export class ResetPasswordInput {
  @Field(() => String, { description: 'The token from the link in the email.' })
  declare token: string;

  @Field(() => String)
  declare newPassword: string;
}

@InputType()
export class ChangePasswordInput {
  @Field(() => String)
  declare currentPassword: string;

  @Field(() => String)
  declare newPassword: string;
}

@ObjectType('PasswordChanged', { description: 'The password is changed.' })
class PasswordChangedType {
  readonly __typename = 'PasswordChanged';

  @Field(() => UserType)
  readonly user: UserType;

  constructor(user: UserType) {
    this.user = user;
  }
}

const ForgotPasswordResult = resultUnion(
  'ForgotPasswordResult',
  'The same result for every email address, registered or not.',
  [MailRequestedType, InvalidInputErrorType, TooManyRequestsErrorType],
);
const ResetPasswordResult = resultUnion(
  'ResetPasswordResult',
  'The user with the new password, or the reason for the failure.',
  [PasswordChangedType, InvalidTokenErrorType, WeakPasswordErrorType, TooManyRequestsErrorType],
);
const ChangePasswordResult = resultUnion(
  'ChangePasswordResult',
  'The user with the new password, or the reason for the failure.',
  [PasswordChangedType, InvalidCredentialsErrorType, WeakPasswordErrorType, TooManyRequestsErrorType],
);

@Resolver()
export class PasswordResolver {
  constructor(
    private readonly resets: PasswordResetService,
    private readonly changes: PasswordChangeService,
  ) {}

  @Public()
  @AuthenticationMutation()
  @Mutation(() => ForgotPasswordResult, {
    nullable: true,
    description:
      'Emails a link that resets the password. The result is the same whether or not the address is registered.',
  })
  async forgotPassword(
    @Arg('input', () => ForgotPasswordInput) { email }: ForgotPasswordInput,
    @Ctx() { origin }: GraphQLContext,
  ): Promise<MailRequestedType> {
    return new MailRequestedType(await this.resets.requestMail(email, origin));
  }

  @Public()
  @AuthenticationMutation()
  @Mutation(() => ResetPasswordResult, {
    nullable: true,
    description:
      'Sets the password, ends every session and a lockout, and consumes all other open tokens that reset the password or change the email address. If the password is rejected, the token stays valid.',
  })
  async resetPassword(
    @Arg('input', () => ResetPasswordInput) input: ResetPasswordInput,
    @Ctx() { origin }: GraphQLContext,
  ): Promise<PasswordChangedType> {
    return new PasswordChangedType(UserType.own(await this.resets.reset(input, origin)));
  }

  @AuthenticationMutation()
  @Mutation(() => ChangePasswordResult, {
    nullable: true,
    description:
      'Changes the password. Requires the current password. Ends every other session and keeps the current one.',
  })
  async changePassword(
    @Arg('input', () => ChangePasswordInput) input: ChangePasswordInput,
    @CurrentUser() viewer: SessionOwner,
    @Ctx() context: GraphQLContext,
  ): Promise<PasswordChangedType> {
    const user = await this.changes.change(viewer, input, context.origin);
    return new PasswordChangedType(new UserType(user, context.viewer));
  }
}
