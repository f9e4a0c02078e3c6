import { Arg, Ctx, Field, InputType, Mutation, Resolver } from 'type-graphql';
import { AuthenticationMutation } from '../../core/graphql/authentication-mutation.js';
import type { GraphQLContext } from '../../core/graphql/context.js';
import { Public } from '@auth-subgraph/verifier/type-graphql';
import {
  AccountLockedErrorType,
  EmailNotVerifiedErrorType,
  InvalidCredentialsErrorType,
  InvalidInputErrorType,
  TooManyRequestsErrorType,
} from '../../core/errors/error.types.js';
import { resultUnion } from '../../platform/graphql/result-union.js';
import { enterSession, LoginSuccessType } from '../../core/authentication/login-success.type.js';
import { EmailAddressScalar } from '../../core/users/email-address.scalar.js';
import type { LoginService } from './login.service.js';

@InputType()
export class LoginInput {
  @Field(() => EmailAddressScalar)
  declare email: string;

  @Field(() => String)
  declare password: string;

  @Field(() => String, {
    nullable: true,
    description: 'The device token from an earlier sign-in. Wrong passwords from other devices do not lock this one.',
  })
  declare deviceToken?: string | null;
}

const LoginResult = resultUnion('LoginResult', 'A new session, or the reason for the failure.', [
  LoginSuccessType,
  InvalidCredentialsErrorType,
  AccountLockedErrorType,
  EmailNotVerifiedErrorType,
  InvalidInputErrorType,
  TooManyRequestsErrorType,
]);

@Resolver()
export class LoginResolver {
  constructor(private readonly logins: LoginService) {}

  @Public()
  @AuthenticationMutation()
  @Mutation(() => LoginResult, {
    nullable: true,
    description:
      'Signs in with an email address and password. Does not require an access token; an invalid or expired one is ignored.',
  })
  async login(
    @Arg('input', () => LoginInput) input: LoginInput,
    @Ctx() context: GraphQLContext,
  ): Promise<LoginSuccessType> {
    context.refreshCookie.refuseOtherSites();
    const { email, password } = input;
    const given = input.deviceToken ?? '';
    const deviceToken = given === '' ? context.deviceCookie.token : given;
    const opened = await this.logins.login({ email, password, deviceToken }, context.origin);
    return enterSession(opened, context);
  }
}
