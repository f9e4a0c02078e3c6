import { REFRESH } from '../graphql/operations.js';
import { readAccessToken, type AccessToken } from './access-token.js';
import { AuthRequestError } from './auth-request-error.js';
import { now } from './clock.js';
import type { ClientContext } from './context.js';

export interface TokenPair {
  readonly token: AccessToken;
  readonly refreshToken: string | null;
}

/**
 * Exchanges a refresh token, or that of the cookie, for a pair of tokens. Returns undefined if it is invalid: the service
 * has ended the session. Everything else that can happen says nothing about the session.
 * @throws AuthRequestError there is no such answer
 */
export async function exchange({ transport }: ClientContext, refreshToken?: string): Promise<TokenPair | undefined> {
  const variables = refreshToken === undefined ? {} : { input: { refreshToken } };
  const { refresh } = await transport.send(REFRESH, variables);
  if (refresh?.__typename === 'InvalidTokenError') return undefined;
  if (refresh?.__typename === 'LoginSuccess') return pairOf(refresh.tokens);
  throw new AuthRequestError(refresh?.message ?? 'The response has no result', {
    retryAfterSeconds: refresh?.retryAfterSeconds,
  });
}

/** The tokens in a response that has just arrived. */
export function pairOf(tokens: { readonly accessToken: string; readonly refreshToken: string | null }): TokenPair {
  return { token: readAccessToken(tokens.accessToken, now()), refreshToken: tokens.refreshToken };
}
