import type { AuthConfig } from '../../config/config.js';

const PASSWORD = 'correct horse battery';
const ME = `query {
  me {
    id
    email
    firstName
    sessions { deviceName current }
  }
}`;

/** An operation for trying out the service. */
export interface FirstOperation {
  readonly title: string;
  readonly operation: string;
  /** Whether it needs the access token of an earlier response. */
  readonly needsAccessToken: boolean;
}

/** The settings that the first operations depend on. */
export type TrialConfig = Pick<AuthConfig, 'refreshCookie' | 'registration'>;

/** The first operations to try, in order. In cookie mode the response does not contain the refresh token. */
export function firstOperations({ refreshCookie, registration }: TrialConfig): readonly FirstOperation[] {
  const tokens = refreshCookie.enabled ? 'tokens { accessToken }' : 'tokens { accessToken refreshToken }';
  const register = signIn(
    `register(input: { email: "ada@example.com", password: "${PASSWORD}", firstName: "Ada" })`,
    tokens,
  );
  const login = signIn(`login(input: { email: "ada@example.com", password: "${PASSWORD}" })`, tokens);
  return [
    ...(registration.enabled ? [{ title: 'Register', operation: register, needsAccessToken: false }] : []),
    { title: 'Sign in', operation: login, needsAccessToken: false },
    { title: 'Ask who you are', operation: ME, needsAccessToken: true },
  ];
}

function signIn(field: string, tokens: string): string {
  return `mutation {
  ${field} {
    __typename
    ... on LoginSuccess { user { id email } ${tokens} }
    ... on AuthError { code message }
  }
}`;
}
