import { Arg, Ctx, Field, InputType, Mutation, ObjectType, Resolver } from 'type-graphql';
import { AuthenticationMutation } from '../../core/graphql/authentication-mutation.js';
import type { GraphQLContext } from '../../core/graphql/context.js';
import { Public } from '@auth-subgraph/verifier/type-graphql';
import {
  EmailAlreadyExistsErrorType,
  InvalidInputErrorType,
  RegistrationDisabledErrorType,
  TooManyRequestsErrorType,
  WeakPasswordErrorType,
} from '../../core/errors/error.types.js';
import { resultUnion } from '../../platform/graphql/result-union.js';
import { enterSession, LoginSuccessType } from '../../core/authentication/login-success.type.js';
import { EmailAddressScalar } from '../../core/users/email-address.scalar.js';
import type { RegistrationService } from './registration.service.js';

@InputType()
export class RegisterInput {
  @Field(() => EmailAddressScalar)
  declare email: string;

  @Field(() => String)
  declare password: string;

  @Field(() => String, { nullable: true })
  declare firstName?: string | null;

  @Field(() => String, { nullable: true })
  declare lastName?: string | null;

  @Field(() => String, { nullable: true, description: 'What the user wants to be called.' })
  declare displayName?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'A BCP 47 tag such as `de-AT`, so that the first email is in the language of the user.',
  })
  declare locale?: string | null;
}

@ObjectType('EmailVerificationRequired', {
  description:
    'A link was sent to the email address, which must be verified before the user can sign in. The result is the same for an address that is taken.',
})
class EmailVerificationRequiredType {
  readonly __typename = 'EmailVerificationRequired';

  @Field(() => EmailAddressScalar)
  readonly email: string;

  constructor(email: string) {
    this.email = email;
  }
}

const RegisterResult = resultUnion('RegisterResult', 'The session of the new account, or the reason for the failure.', [
  LoginSuccessType,
  EmailVerificationRequiredType,
  EmailAlreadyExistsErrorType,
  RegistrationDisabledErrorType,
  WeakPasswordErrorType,
  InvalidInputErrorType,
  TooManyRequestsErrorType,
]);

@Resolver()
export class RegistrationResolver {
  constructor(private readonly registrations: RegistrationService) {}

  @Public()
  @AuthenticationMutation()
  @Mutation(() => RegisterResult, {
    nullable: true,
    description: 'Creates an account, emails a link that verifies its address, and signs in.',
  })
  async register(
    @Arg('input', () => RegisterInput) input: RegisterInput,
    @Ctx() context: GraphQLContext,
  ): Promise<LoginSuccessType | EmailVerificationRequiredType> {
    context.refreshCookie.refuseOtherSites();
    const outcome = await this.registrations.register(input, context.origin);
    if (!('session' in outcome)) return new EmailVerificationRequiredType(outcome.email);
    return enterSession(outcome, context);
  }
}
