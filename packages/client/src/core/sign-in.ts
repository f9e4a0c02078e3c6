import { ACCEPT_INVITATION, LOGIN, REGISTER } from '../graphql/operations.js';
import type { LoginMutation } from '../graphql/types.js';
import type { AuthOperations, ResultOf, WithoutTokens } from './auth-client.types.js';
import type { ClientContext } from './context.js';
import { pairOf } from './exchange.js';
import { deviceTokenOf, rememberDevice } from './known-devices.js';
import { resultOf } from './operations.js';
import type { Refresh } from './refresh.js';
import type { Retry } from './retry.js';
import type { SignOut } from './sign-out.js';
import { storeSession } from './stored-session.js';
import { shareSession } from './tab-messages.js';
import type { TypedDocument } from '../graphql/typed-document.js';

type SignInResult = NonNullable<LoginMutation['login']>;
type LoginSuccess = Extract<SignInResult, { __typename: 'LoginSuccess' }>;

/** The operations that open a session. */
export function createSignIn(
  context: ClientContext,
  refresh: Refresh,
  signOut: SignOut,
  retry: Retry,
): Pick<AuthOperations, 'login' | 'register' | 'acceptInvitation'> {
  const { isCookieMode, session } = context;
  /** @throws Error the `mode` of the client does not match the service */
  const open = async ({ deviceToken, tokens, user }: LoginSuccess, email = user.email ?? ''): Promise<void> => {
    const { token, refreshToken } = pairOf(tokens);
    if (isCookieMode !== (refreshToken === null)) throw new Error(`Set mode: '${isCookieMode ? 'token' : 'cookie'}'`);
    // Without a cookie, what the service still has to end is another session.
    if (isCookieMode) await signOut.forget();
    session.adopt(token);
    retry.report();
    await storeSession(context, token, refreshToken, true);
    shareSession(context, token);
    if (deviceToken !== null) await rememberDevice(context, email, user.id, deviceToken).catch(() => undefined);
  };
  const signIn = async <Data extends object, Input>(
    document: TypedDocument<Data, { input: Input }>,
    input: Input,
    email?: string,
  ): Promise<WithoutTokens<ResultOf<Data>>> => {
    // A refresh or a sign-out that arrived later would replace the cookie of the new session.
    const result = await refresh.without(async () => {
      const response = (await resultOf(context.send(document, { input }))) as object as SignInResult;
      if (response.__typename === 'LoginSuccess') await open(response, email);
      return response;
    });
    return { ...result, tokens: undefined, deviceToken: undefined } as object as WithoutTokens<ResultOf<Data>>;
  };
  return {
    login: async (input) => {
      // A sign-in does not need it.
      const deviceToken = await deviceTokenOf(context, input.email).catch(() => undefined);
      return signIn(LOGIN, { deviceToken, ...input }, input.email);
    },
    register: (input) => signIn(REGISTER, input, input.email),
    acceptInvitation: (input) => signIn(ACCEPT_INVITATION, input),
  };
}
