/** The exact text of errors that must not reveal why they occurred. */
export const INVALID_CREDENTIALS = {
  __typename: 'InvalidCredentialsError',
  code: 'AUTH_INVALID_CREDENTIALS',
  message: 'The email address or the password is wrong.',
};

export const INVALID_TOKEN = {
  __typename: 'InvalidTokenError',
  code: 'AUTH_INVALID_TOKEN',
  message: 'The token is invalid or has expired.',
};
