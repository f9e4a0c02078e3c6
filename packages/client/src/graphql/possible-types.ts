// Generated from schema.graphql and packages/client/operations by `npm run generate`.

/** The members of each interface. */
export const POSSIBLE_TYPES = {
  AuthError: [
    'AccountLockedError',
    'EmailAlreadyExistsError',
    'EmailAlreadyVerifiedError',
    'EmailNotVerifiedError',
    'InvalidCredentialsError',
    'InvalidInputError',
    'InvalidTokenError',
    'RegistrationDisabledError',
    'SessionNotFoundError',
    'TooManyRequestsError',
    'WeakPasswordError',
  ],
};
