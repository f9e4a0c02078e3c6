import { LOGIN, REGISTER } from '../graphql/operations.js';
import type { LoginInput, LoginMutation, RegisterInput } from '../graphql/types.js';
import type { AuthOperations, ResultOf, WithoutTokens } from './auth-client.types.js';
import type { ClientContext } from './context.js';
import { pairOf } from './exchange.js';
import { knownDevice } from './known-devices.js';
import { resultOf } from './operations.js';
import type { Refresh } from './refresh.js';
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
): Pick<AuthOperations, 'login' | 'register'> {
  const signIn = async <Data extends object, Input extends LoginInput | RegisterInput>(
    document: TypedDocument<Data, { input: Input }>,
    input: Input,
    isLogin = false,
  ): Promise<WithoutTokens<ResultOf<Data>>> => {
    const { deviceToken, remember } = await knownDevice(context, input);
    // A refresh or a sign-out that arrived later would replace the cookie of the new session.
    await refresh.settled();
    await signOut.deliver();
    const given = isLogin ? { ...input, deviceToken } : input;
    const result = (await resultOf(context.send(document, { input: given }))) as object as SignInResult;
    if (result.__typename === 'LoginSuccess') {
      await open(context, result.tokens);
      await signOut.forget();
      if (result.deviceToken !== null) await remember(result.deviceToken);
    }
    return { ...result, tokens: undefined, deviceToken: undefined } as object as WithoutTokens<ResultOf<Data>>;
  };
  return {
    login: (input) => signIn(LOGIN, input, true),
    register: (input) => signIn(REGISTER, input),
  };
}

/** @throws Error the service keeps refresh tokens elsewhere than this client */
async function open(context: ClientContext, tokens: LoginSuccess['tokens']): Promise<void> {
  const { isCookieMode, session } = context;
  const { token, refreshToken } = pairOf(tokens);
  if (isCookieMode !== (refreshToken === null))
    throw new Error(`The service is not in mode: '${isCookieMode ? 'cookie' : 'token'}'`);
  session.adopt(token);
  await storeSession(context, token, refreshToken);
  shareSession(context, token);
}
