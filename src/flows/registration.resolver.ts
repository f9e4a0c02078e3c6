import { Arg, Ctx, Field, InputType, Mutation, ObjectType, Resolver } from 'type-graphql';
import type { GraphQLContext } from '../graphql/context.js';
import { Public } from '../graphql/decorators.js';
import {
  EmailAlreadyExistsErrorType,
  InvalidInputErrorType,
  RegistrationDisabledErrorType,
  TooManyRequestsErrorType,
  WeakPasswordErrorType,
} from '../graphql/error.types.js';
import { resultUnion } from '../graphql/result-union.js';
import { LoginSuccessType } from '../sessions/login-success.type.js';
import { EmailAddressScalar } from '../users/email-address.scalar.js';
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
}

@ObjectType('EmailVerificationRequired', {
  description: 'The account exists, but the address must be verified before a session is opened.',
})
class EmailVerificationRequiredType {
  @Field(() => EmailAddressScalar)
  declare email: string;
}

const RegisterResult = resultUnion('RegisterResult', 'An open session of a new account, or why there is none.', [
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
  @Mutation(() => RegisterResult, { nullable: true, description: 'Creates an account and signs in.' })
  async register(
    @Arg('input', () => RegisterInput) input: RegisterInput,
    @Ctx() context: GraphQLContext,
  ): Promise<LoginSuccessType> {
    return LoginSuccessType.signIn(await this.registrations.register(input, context.client), context);
  }
}
