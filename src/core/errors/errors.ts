/** The stable codes of every expected failure. Clients branch on these. */
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
] as const;
export type AuthErrorCode = (typeof AUTH_ERROR_CODES)[number];

/** The rules a password can break. */
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
 * An expected outcome that is not a success. Knows nothing of GraphQL: `name` is the member of the result union,
 * `code` is what clients branch on, `status` is the HTTP status that says the same.
 */
export abstract class DomainError extends Error {
  abstract override readonly name: string;
  abstract readonly code: AuthErrorCode;
  abstract readonly status: number;
}

/** The address or the password is wrong; deliberately does not say which. */
export class InvalidCredentialsError extends DomainError {
  override readonly name = 'InvalidCredentialsError';
  readonly code = 'AUTH_INVALID_CREDENTIALS';
  readonly status = 401;

  constructor() {
    super('The email address or the password is wrong.');
  }
}

/** Another account has the address. */
export class EmailAlreadyExistsError extends DomainError {
  override readonly name = 'EmailAlreadyExistsError';
  readonly code = 'AUTH_EMAIL_ALREADY_EXISTS';
  readonly status = 409;

  constructor() {
    super('An account with this email address already exists.');
  }
}

/** Registration is switched off by configuration. */
export class RegistrationDisabledError extends DomainError {
  override readonly name = 'RegistrationDisabledError';
  readonly code = 'AUTH_REGISTRATION_DISABLED';
  readonly status = 403;

  constructor() {
    super('Registration is closed.');
  }
}

/** The new password breaks at least one rule; `violations` lists every one. */
export class WeakPasswordError extends DomainError {
  override readonly name = 'WeakPasswordError';
  readonly code = 'AUTH_WEAK_PASSWORD';
  readonly status = 422;

  constructor(readonly violations: readonly PasswordRule[]) {
    super('The password does not meet the requirements.');
  }
}

/** The token is unknown, expired, spent or replayed; deliberately does not say which. */
export class InvalidTokenError extends DomainError {
  override readonly name = 'InvalidTokenError';
  readonly code = 'AUTH_INVALID_TOKEN';
  readonly status = 401;

  constructor() {
    super('The token is invalid or has expired.');
  }
}

/** Too many wrong passwords were tried for the address; says nothing of whether it has an account. */
export class AccountLockedError extends DomainError {
  override readonly name = 'AccountLockedError';
  readonly code = 'AUTH_ACCOUNT_LOCKED';
  readonly status = 429;

  constructor(readonly retryAfterSeconds: number) {
    super('Too many wrong passwords. Try again later, or reset the password.');
  }
}

/** The password is right, but the address must be verified before a session is opened. */
export class EmailNotVerifiedError extends DomainError {
  override readonly name = 'EmailNotVerifiedError';
  readonly code = 'AUTH_EMAIL_NOT_VERIFIED';
  readonly status = 403;

  constructor() {
    super('The email address has not been verified yet.');
  }
}

/** The address has been verified before. */
export class EmailAlreadyVerifiedError extends DomainError {
  override readonly name = 'EmailAlreadyVerifiedError';
  readonly code = 'AUTH_EMAIL_ALREADY_VERIFIED';
  readonly status = 409;

  constructor() {
    super('The email address has been verified already.');
  }
}

/** The session is unknown, not the caller's, or has ended. */
export class SessionNotFoundError extends DomainError {
  override readonly name = 'SessionNotFoundError';
  readonly code = 'AUTH_SESSION_NOT_FOUND';
  readonly status = 404;

  constructor() {
    super('There is no such session.');
  }
}

/** A form field holds something that cannot be stored. `field` names it. */
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

/** The service has more of this work than it can do now. */
export class TooManyRequestsError extends DomainError {
  override readonly name = 'TooManyRequestsError';
  readonly code = 'AUTH_TOO_MANY_REQUESTS';
  readonly status = 429;

  constructor(readonly retryAfterSeconds: number) {
    super('Too many requests. Try again later.');
  }
}
