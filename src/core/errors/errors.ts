/** The codes of errors that only user management reports. They are in the schema only together with it. */
export const MANAGEMENT_ERROR_CODES = ['AUTH_ACCOUNT_NOT_FOUND', 'AUTH_ACCOUNT_PROTECTED'] as const;

/** The stable codes of all expected errors. Clients branch on these. */
export const AUTH_ERROR_CODES = [
  'AUTH_INVALID_CREDENTIALS',
  'AUTH_EMAIL_ALREADY_EXISTS',
  'AUTH_REGISTRATION_DISABLED',
  'AUTH_WEAK_PASSWORD',
  'AUTH_INVALID_TOKEN',
  'AUTH_ACCOUNT_LOCKED',
  'AUTH_EMAIL_NOT_VERIFIED',
  'AUTH_EMAIL_ALREADY_VERIFIED',
  'AUTH_SESSION_NOT_FOUND',
  'AUTH_INVALID_INPUT',
  'AUTH_TOO_MANY_REQUESTS',
  ...MANAGEMENT_ERROR_CODES,
] as const;
export type AuthErrorCode = (typeof AUTH_ERROR_CODES)[number];

/** The rules for new passwords. */
export const PASSWORD_RULES = [
  'MIN_LENGTH',
  'MAX_LENGTH',
  'UPPERCASE',
  'LOWERCASE',
  'NUMBER',
  'SPECIAL_CHARACTER',
  'COMMON_PASSWORD',
  'CONTAINS_EMAIL',
  'REUSED',
] as const;
export type PasswordRule = (typeof PASSWORD_RULES)[number];

/**
 * An expected error, independent of GraphQL. `name` is its type in the result union, `code` is stable for clients, and
 * `status` is the corresponding HTTP status.
 */
export abstract class DomainError extends Error {
  abstract override readonly name: string;
  abstract readonly code: AuthErrorCode;
  abstract readonly status: number;
}

/** The email address or password is wrong. Does not reveal which. */
export class InvalidCredentialsError extends DomainError {
  override readonly name = 'InvalidCredentialsError';
  readonly code = 'AUTH_INVALID_CREDENTIALS';
  readonly status = 401;

  constructor(message = 'The email address or the password is wrong.') {
    super(message);
  }
}

/** Another account already uses the address. */
export class EmailAlreadyExistsError extends DomainError {
  override readonly name = 'EmailAlreadyExistsError';
  readonly code = 'AUTH_EMAIL_ALREADY_EXISTS';
  readonly status = 409;

  constructor() {
    super('An account with this email address already exists.');
  }
}

/** Registration is disabled in the configuration. */
export class RegistrationDisabledError extends DomainError {
  override readonly name = 'RegistrationDisabledError';
  readonly code = 'AUTH_REGISTRATION_DISABLED';
  readonly status = 403;

  constructor() {
    super('Registration is disabled.');
  }
}

/** The new password breaks one or more rules; `violations` lists all of them. */
export class WeakPasswordError extends DomainError {
  override readonly name = 'WeakPasswordError';
  readonly code = 'AUTH_WEAK_PASSWORD';
  readonly status = 422;

  constructor(
    readonly violations: readonly PasswordRule[],
    message = 'The password does not meet the requirements.',
  ) {
    super(message);
  }
}

/** The token is unknown, expired, consumed or replayed. Does not reveal which. */
export class InvalidTokenError extends DomainError {
  override readonly name = 'InvalidTokenError';
  readonly code = 'AUTH_INVALID_TOKEN';
  readonly status = 401;

  constructor() {
    super('The token is invalid or has expired.');
  }
}

/** Sign-in to the address is locked after too many wrong passwords. Does not reveal whether it has an account. */
export class AccountLockedError extends DomainError {
  override readonly name = 'AccountLockedError';
  readonly code = 'AUTH_ACCOUNT_LOCKED';
  readonly status = 429;

  constructor(readonly retryAfterSeconds: number) {
    super('Too many wrong passwords. Try again later, or reset the password.');
  }
}

/** The password is correct, but the address must be verified before the user can sign in. */
export class EmailNotVerifiedError extends DomainError {
  override readonly name = 'EmailNotVerifiedError';
  readonly code = 'AUTH_EMAIL_NOT_VERIFIED';
  readonly status = 403;

  constructor() {
    super('The email address has not been verified yet.');
  }
}

/** The address is already verified. */
export class EmailAlreadyVerifiedError extends DomainError {
  override readonly name = 'EmailAlreadyVerifiedError';
  readonly code = 'AUTH_EMAIL_ALREADY_VERIFIED';
  readonly status = 409;

  constructor() {
    super('The email address has been verified already.');
  }
}

/** The session is unknown, has ended, or belongs to another user. */
export class SessionNotFoundError extends DomainError {
  override readonly name = 'SessionNotFoundError';
  readonly code = 'AUTH_SESSION_NOT_FOUND';
  readonly status = 404;

  constructor() {
    super('There is no such session.');
  }
}

/** The value of an input field is invalid. `field` names the field. */
export class InvalidInputError extends DomainError {
  override readonly name = 'InvalidInputError';
  readonly code = 'AUTH_INVALID_INPUT';
  readonly status = 422;

  constructor(
    readonly field: string,
    message: string,
  ) {
    super(message);
  }
}

/** Too many requests, or the service is overloaded. */
export class TooManyRequestsError extends DomainError {
  override readonly name = 'TooManyRequestsError';
  readonly code = 'AUTH_TOO_MANY_REQUESTS';
  readonly status = 429;

  constructor(readonly retryAfterSeconds: number) {
    super('Too many requests. Try again later.');
  }
}

/** No account of a user or service has the given id. */
export class AccountNotFoundError extends DomainError {
  override readonly name = 'AccountNotFoundError';
  readonly code = 'AUTH_ACCOUNT_NOT_FOUND';
  readonly status = 404;

  constructor(message = 'There is no such account.') {
    super(message);
  }
}

/** The operator may not do this to the account, to their own account, or with a role or scope that they do not have. */
export class AccountProtectedError extends DomainError {
  override readonly name = 'AccountProtectedError';
  readonly code = 'AUTH_ACCOUNT_PROTECTED';
  readonly status = 403;

  constructor() {
    super('You may not do this to this account.');
  }
}
