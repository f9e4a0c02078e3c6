import { Arg, Ctx, Field, InputType, Mutation, ObjectType, Resolver } from 'type-graphql';
import { AuthenticationMutation } from '../../core/graphql/authentication-mutation.js';
import type { GraphQLContext } from '../../core/graphql/context.js';
import { Public } from '@auth-subgraph/verifier/type-graphql';
import {
  EmailAlreadyVerifiedErrorType,
  InvalidInputErrorType,
  InvalidTokenErrorType,
  TooManyRequestsErrorType,
} from '../../core/errors/error.types.js';
import { resultUnion } from '../../platform/graphql/result-union.js';
import { EmailAddressScalar } from '../../core/users/email-address.scalar.js';
import { UserType } from '../../core/users/user.type.js';
import type { EmailVerificationService } from './email-verification.service.js';
import { MailRequestedType } from '../../core/email/email-requested.type.js';

@InputType()
export class VerifyEmailInput {
  @Field(() => String, { description: 'The token from the link in the email.' })
  declare token: string;
}

@InputType()
export class ResendVerificationInput {
  @Field(() => EmailAddressScalar)
  declare email: string;
}

@ObjectType('EmailVerified', { description: 'The email address is verified.' })
class EmailVerifiedType {
  readonly __typename = 'EmailVerified';

  @Field(() => UserType)
  readonly user: UserType;

  constructor(user: UserType) {
    this.user = user;
  }
}

const VerifyEmailResult = resultUnion('VerifyEmailResult', 'The verified user, or the reason for the failure.', [
  EmailVerifiedType,
  InvalidTokenErrorType,
  EmailAlreadyVerifiedErrorType,
  TooManyRequestsErrorType,
]);
const ResendVerificationResult = resultUnion(
  'ResendVerificationResult',
  'The same result for every email address, registered or not.',
  [MailRequestedType, InvalidInputErrorType, TooManyRequestsErrorType],
);

@Resolver()
export class EmailVerificationResolver {
  constructor(private readonly verifications: EmailVerificationService) {}

  @Public()
  @AuthenticationMutation()
  @Mutation(() => VerifyEmailResult, {
    nullable: true,
    description: 'Verifies the email address that the token was sent to.',
  })
  async verifyEmail(
    @Arg('input', () => VerifyEmailInput) { token }: VerifyEmailInput,
    @Ctx() { origin }: GraphQLContext,
  ): Promise<EmailVerifiedType> {
    return new EmailVerifiedType(UserType.own(await this.verifications.verify(token, origin)));
  }

  @Public()
  @AuthenticationMutation()
  @Mutation(() => ResendVerificationResult, {
    nullable: true,
    description:
      'Emails another link if the address is registered and not verified. The result is the same for every address.',
  })
  async resendVerification(
    @Arg('input', () => ResendVerificationInput) { email }: ResendVerificationInput,
    @Ctx() { origin }: GraphQLContext,
  ): Promise<MailRequestedType> {
    return new MailRequestedType(await this.verifications.requestMail(email, origin));
  }
}
