/** What refusals look like, to the letter: they must not differ by why they refuse. */
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
