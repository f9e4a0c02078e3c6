import { Field, Int, InterfaceType, ObjectType, registerEnumType } from 'type-graphql';
import { AUTH_ERROR_CODES, PASSWORD_RULES, type AuthErrorCode, type PasswordRule } from './errors.js';

const AuthErrorCodeEnum = toEnum(AUTH_ERROR_CODES);
registerEnumType(AuthErrorCodeEnum, {
  name: 'AuthErrorCode',
  description: 'A stable code for each expected error. Branch on the code, never on the message.',
});

export const PasswordRuleEnum = toEnum(PASSWORD_RULES);
registerEnumType(PasswordRuleEnum, {
  name: 'PasswordRule',
  description: 'A rule for new passwords.',
  valuesConfig: { COMMON_PASSWORD: { description: 'The password is common, predictable or known from a breach.' } },
});

function toEnum<const Name extends string>(names: readonly Name[]): { [Key in Name]: Key } {
  return Object.fromEntries(names.map((name) => [name, name])) as { [Key in Name]: Key };
}

@InterfaceType('AuthError', {
  // An error type is in the schema only if the result union of an enabled feature uses it.
  autoRegisterImplementations: false,
  description:
    'An expected error. Select `... on AuthError { code message }`, so that clients also handle errors that are added later.',
})
abstract class AuthErrorType {
  @Field(() => AuthErrorCodeEnum)
  declare code: AuthErrorCode;

  @Field(() => String, { description: 'A message in English that is safe to show to users.' })
  declare message: string;
}

@ObjectType('InvalidCredentialsError', {
  implements: AuthErrorType,
  description: 'The email address or password is wrong. Does not reveal which.',
})
export class InvalidCredentialsErrorType extends AuthErrorType {}

@ObjectType('EmailAlreadyExistsError', {
  implements: AuthErrorType,
  description: 'Another account already uses this email address.',
})
export class EmailAlreadyExistsErrorType extends AuthErrorType {}

@ObjectType('RegistrationDisabledError', { implements: AuthErrorType, description: 'Registration is disabled.' })
export class RegistrationDisabledErrorType extends AuthErrorType {}

@ObjectType('WeakPasswordError', {
  implements: AuthErrorType,
  description: 'The new password breaks one or more rules.',
})
export class WeakPasswordErrorType extends AuthErrorType {
  @Field(() => [PasswordRuleEnum], {
    description: 'All rules that the password breaks.',
  })
  declare violations: PasswordRule[];
}

@ObjectType('InvalidTokenError', {
  implements: AuthErrorType,
  description: 'The token is unknown, expired, consumed or replayed. Does not reveal which.',
})
export class InvalidTokenErrorType extends AuthErrorType {}

@ObjectType('AccountLockedError', {
  implements: AuthErrorType,
  description: 'Sign-in to this address is locked after too many wrong passwords.',
})
export class AccountLockedErrorType extends AuthErrorType {
  @Field(() => Int, { description: 'The number of seconds to wait before the next attempt.' })
  declare retryAfterSeconds: number;
}

@ObjectType('EmailNotVerifiedError', {
  implements: AuthErrorType,
  description: 'The password is correct, but the email address must be verified before the user can sign in.',
})
export class EmailNotVerifiedErrorType extends AuthErrorType {}

@ObjectType('EmailAlreadyVerifiedError', {
  implements: AuthErrorType,
  description: 'The token was valid, but the email address is already verified.',
})
export class EmailAlreadyVerifiedErrorType extends AuthErrorType {}

@ObjectType('SessionNotFoundError', {
  implements: AuthErrorType,
  description: 'The session is unknown, has ended, or belongs to another user.',
})
export class SessionNotFoundErrorType extends AuthErrorType {}

@ObjectType('InvalidInputError', {
  implements: AuthErrorType,
  description: 'The value of an input field is invalid.',
})
export class InvalidInputErrorType extends AuthErrorType {
  @Field(() => String, { description: 'The name of the invalid input field, such as `email`.' })
  declare field: string;
}

@ObjectType('TooManyRequestsError', {
  implements: AuthErrorType,
  description: 'Too many requests, or the service is overloaded.',
})
export class TooManyRequestsErrorType extends AuthErrorType {
  @Field(() => Int, { description: 'The number of seconds to wait before the next attempt.' })
  declare retryAfterSeconds: number;
}

@ObjectType('AccountNotFoundError', {
  implements: AuthErrorType,
  description: 'No account of a user or service has this id.',
})
export class AccountNotFoundErrorType extends AuthErrorType {}

@ObjectType('AccountProtectedError', {
  implements: AuthErrorType,
  description:
    'The account has an `auth:` role or scope that you do not have, the change is about such a role or scope, or it is your own account and you cannot do this to yourself.',
})
export class AccountProtectedErrorType extends AuthErrorType {}
