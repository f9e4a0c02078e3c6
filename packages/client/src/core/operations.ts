import * as documents from '../graphql/operations.js';
import type { AuthOperations, ResultOf } from './auth-client.types.js';
import { AuthRequestError } from './auth-request-error.js';
import type { Send } from './transport.js';
import type { TypedDocument } from '../graphql/typed-document.js';

/** The result of the only field of an operation. */
export async function resultOf<Data extends object>(response: Promise<Data>): Promise<ResultOf<Data>> {
  const [result] = Object.values(await response) as (Data[keyof Data] | undefined)[];
  if (result == null) throw new AuthRequestError();
  return result;
}

type InputOf<Variables> = Variables extends { readonly input: infer Input } ? [input: Input] : [];
type Run = <Data extends object, Variables>(
  document: TypedDocument<Data, Variables>,
  ...input: InputOf<Variables>
) => Promise<ResultOf<Data>>;

const runWith =
  (send: Send): Run =>
  (document, input?: unknown) =>
    resultOf(send(document, { input } as never));

/**
 * The operations that leave the session alone.
 * @param send sends without the access token
 * @param request with it
 * @param hasEndedSessions called after an operation that may have ended the session of this client
 * @param hasNewAddress called after an operation that has changed the address of the user
 */
export function createOperations(
  send: Send,
  request: Send,
  hasEndedSessions: () => unknown,
  hasNewAddress: (user: { readonly id: string; readonly email: string | null }) => unknown,
): Omit<AuthOperations, 'login' | 'register' | 'acceptInvitation' | 'logout'> {
  const publicly = runWith(send);
  const asUser = runWith(request);
  const thenEnded = async <Result>(result: Promise<Result>): Promise<Result> => {
    await result;
    hasEndedSessions();
    return result;
  };
  return {
    verifyEmail: (input) => publicly(documents.VERIFY_EMAIL, input),
    resendVerification: (input) => publicly(documents.RESEND_VERIFICATION, input),
    forgotPassword: (input) => publicly(documents.FORGOT_PASSWORD, input),
    resetPassword: (input) => thenEnded(publicly(documents.RESET_PASSWORD, input)),
    changePassword: (input) => asUser(documents.CHANGE_PASSWORD, input),
    changeEmail: (input) => asUser(documents.CHANGE_EMAIL, input),
    confirmEmailChange: async (input) => {
      const result = await asUser(documents.CONFIRM_EMAIL_CHANGE, input);
      if (result.__typename === 'EmailChanged') await hasNewAddress(result.user);
      return result;
    },
    revokeSession: (input) => thenEnded(asUser(documents.REVOKE_SESSION, input)),
    revokeOtherSessions: () => asUser(documents.REVOKE_OTHER_SESSIONS),
    revokeAllSessions: () => thenEnded(asUser(documents.REVOKE_ALL_SESSIONS)),
    me: () => asUser(documents.ME),
    sessions: async () => (await asUser(documents.SESSIONS)).sessions ?? [],
  };
}
