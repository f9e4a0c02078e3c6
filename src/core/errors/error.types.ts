import { Field, Int, InterfaceType, ObjectType, registerEnumType } from 'type-graphql';
import { AUTH_ERROR_CODES, PASSWORD_RULES, type AuthErrorCode, type PasswordRule } from './errors.js';

const AuthErrorCodeEnum = toEnum(AUTH_ERROR_CODES);
registerEnumType(AuthErrorCodeEnum, {
  name: 'AuthErrorCode',
  description: 'The stable code of an expected failure. Branch on this, never on the message.',
});

const PasswordRuleEnum = toEnum(PASSWORD_RULES);
registerEnumType(PasswordRuleEnum, {
  name: 'PasswordRule',
  description: 'A rule that a new password can break.',
});

function toEnum<const Name extends string>(names: readonly Name[]): { [Key in Name]: Key } {
  return Object.fromEntries(names.map((name) => [name, name])) as { [Key in Name]: Key };
}

@InterfaceType('AuthError', {
  // An error is in the schema if a union of some feature has it.
  autoRegisterImplementations: false,
  description:
    'Every expected failure. Select `... on AuthError { code message }` and an old client stays safe when outcomes are added.',
})
abstract class AuthErrorType {
  @Field(() => AuthErrorCodeEnum)
  declare code: AuthErrorCode;

  @Field(() => String, { description: 'For people, in English; safe to show.' })
  declare message: string;
}

@ObjectType('InvalidCredentialsError', {
  implements: AuthErrorType,
  description: 'The address or the password is wrong; deliberately does not say which.',
})
export class InvalidCredentialsErrorType extends AuthErrorType {}

@ObjectType('EmailAlreadyExistsError', {
  implements: AuthErrorType,
  description: 'Another account has this email address.',
})
export class EmailAlreadyExistsErrorType extends AuthErrorType {}

@ObjectType('RegistrationDisabledError', { implements: AuthErrorType, description: 'Registration is closed.' })
export class RegistrationDisabledErrorType extends AuthErrorType {}

@ObjectType('WeakPasswordError', { implements: AuthErrorType, description: 'The new password breaks a rule.' })
export class WeakPasswordErrorType extends AuthErrorType {
  @Field(() => [PasswordRuleEnum], {
    description: 'Every rule that the password broke, so that a form can show them all at once.',
  })
  declare violations: PasswordRule[];
}

@ObjectType('InvalidTokenError', {
  implements: AuthErrorType,
  description: 'The token is unknown, expired, spent or replayed; deliberately does not say which.',
})
export class InvalidTokenErrorType extends AuthErrorType {}

@ObjectType('AccountLockedError', {
  implements: AuthErrorType,
  description: 'Too many wrong passwords were tried for this address.',
})
export class AccountLockedErrorType extends AuthErrorType {
  @Field(() => Int, { description: 'After how many seconds another try makes sense.' })
  declare retryAfterSeconds: number;
}

@ObjectType('EmailNotVerifiedError', {
  implements: AuthErrorType,
  description: 'The password is right, but the address must be verified before a session is opened.',
})
export class EmailNotVerifiedErrorType extends AuthErrorType {}

@ObjectType('EmailAlreadyVerifiedError', {
  implements: AuthErrorType,
  description: 'The token was valid once, and the address has already been verified.',
})
export class EmailAlreadyVerifiedErrorType extends AuthErrorType {}

@ObjectType('SessionNotFoundError', {
  implements: AuthErrorType,
  description: 'The session is unknown, has ended, or belongs to somebody else.',
})
export class SessionNotFoundErrorType extends AuthErrorType {}

@ObjectType('InvalidInputError', {
  implements: AuthErrorType,
  description: 'An input field holds a value that cannot be accepted.',
})
export class InvalidInputErrorType extends AuthErrorType {
  @Field(() => String, { description: "The input field at fault, such as 'email'." })
  declare field: string;
}

@ObjectType('TooManyRequestsError', {
  implements: AuthErrorType,
  description: 'Too many tries, or the service has more of this work than it can do now.',
})
export class TooManyRequestsErrorType extends AuthErrorType {
  @Field(() => Int, { description: 'After how many seconds another try makes sense.' })
  declare retryAfterSeconds: number;
}
