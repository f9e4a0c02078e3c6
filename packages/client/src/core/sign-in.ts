import { LOGIN, REGISTER } from '../graphql/operations.js';
import type { LoginMutation } from '../graphql/types.js';
import type { AuthOperations, ResultOf, WithoutTokens } from './auth-client.types.js';
import type { ClientContext } from './context.js';
import { pairOf } from './exchange.js';
import { deviceTokenFor, rememberDevice } from './known-devices.js';
import { resultOf } from './operations.js';
import type { Refresh } from './refresh.js';
import type { SignOut } from './sign-out.js';
import { storeSession } from './stored-session.js';
import type { TypedDocument } from '../graphql/typed-document.js';

type SignInResult = NonNullable<LoginMutation['login']>;
type LoginSuccess = Extract<SignInResult, { __typename: 'LoginSuccess' }>;

/** The operations that open a session. */
export function createSignIn(
  context: ClientContext,
  refresh: Refresh,
  signOut: SignOut,
): Pick<AuthOperations, 'login' | 'register'> {
  const signIn = async <Data extends object, Variables extends { readonly input: { readonly email: string } }>(
    document: TypedDocument<Data, Variables>,
    variables: Variables,
  ): Promise<WithoutTokens<ResultOf<Data>>> => {
    // A refresh or a sign-out that arrived later would replace the cookie of the new session.
    await refresh.settled();
    await signOut.deliver();
    const result = (await resultOf(context.transport.send(document, variables))) as object as SignInResult;
    if (result.__typename === 'LoginSuccess') {
      await open(context, result.tokens);
      await signOut.forget();
      if (result.deviceToken !== null) await rememberDevice(context, variables.input.email, result.deviceToken);
    }
    return { ...result, tokens: undefined, deviceToken: undefined } as object as WithoutTokens<ResultOf<Data>>;
  };
  return {
    async login(input) {
      const deviceToken = input.deviceToken ?? (await deviceTokenFor(context, input.email));
      return signIn(LOGIN, { input: { ...input, deviceToken } });
    },
    register: (input) => signIn(REGISTER, { input }),
  };
}

/** @throws Error the service keeps refresh tokens elsewhere than this client */
async function open(context: ClientContext, tokens: LoginSuccess['tokens']): Promise<void> {
  const { isCookieMode, session, tabs } = context;
  const { token, refreshToken } = pairOf(tokens);
  if (isCookieMode !== (refreshToken === null))
    throw new Error(
      `The service does not support mode: '${isCookieMode ? 'cookie' : 'token'}'. See refreshCookie.enabled.`,
    );
  session.signIn(token);
  if (refreshToken !== null) await storeSession(context, token, refreshToken);
  tabs.post(isCookieMode ? { kind: 'token', text: token.text, arrivedMs: token.arrived.wallMs } : { kind: 'stored' });
}
