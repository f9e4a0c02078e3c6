import { REFRESH } from '../graphql/operations.js';
import { readAccessToken, type AccessToken } from './access-token.js';
import { AuthRequestError } from './auth-request-error.js';
import type { ClientContext } from './context.js';
import { resultOf } from './operations.js';

export interface TokenPair {
  readonly token: AccessToken;
  readonly refreshToken: string | null;
}

/**
 * Exchanges a refresh token, or that of the cookie, for a pair of tokens. Returns undefined if it is invalid: the service
 * has ended the session. Everything else that can happen says nothing about the session.
 * @throws AuthRequestError there is no such answer
 */
export async function exchange({ send }: ClientContext, refreshToken?: string): Promise<TokenPair | undefined> {
  const result = await resultOf(send(REFRESH, { input: { refreshToken } }));
  if (result.__typename === 'InvalidTokenError') return undefined;
  if (result.__typename === 'LoginSuccess') return pairOf(result.tokens);
  throw new AuthRequestError(result);
}

/** The tokens in a response that has just arrived. */
export function pairOf(tokens: { readonly accessToken: string; readonly refreshToken: string | null }): TokenPair {
  return { token: readAccessToken(tokens.accessToken), refreshToken: tokens.refreshToken };
}
