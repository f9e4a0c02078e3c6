import * as documents from '../graphql/operations.js';
import type { AuthOperations, ResultOf } from './auth-client.types.js';
import { AuthRequestError } from './auth-request-error.js';
import type { Transport } from './transport.js';
import type { TypedDocument } from '../graphql/typed-document.js';

export type Send = <Result, Variables>(
  document: TypedDocument<Result, Variables>,
  variables: Variables,
) => Promise<Result>;

/** The result of the only field of an operation. */
export async function resultOf<Data extends object>(response: Promise<Data>): Promise<ResultOf<Data>> {
  const [result] = Object.values(await response) as (Data[keyof Data] | undefined)[];
  if (result == null) throw new AuthRequestError('The response has no result', {});
  return result;
}

/**
 * The operations that leave the session alone.
 * @param transport sends without the access token
 * @param send with it
 * @param hasEndedSessions called after an operation that may have ended the session of this client
 */
export function createOperations(
  transport: Transport,
  send: Send,
  hasEndedSessions: () => unknown,
): Omit<AuthOperations, 'login' | 'register' | 'logout'> {
  const sendPublicly: Send = (document, variables) => transport.send(document, variables);
  const thenEnded = async <Result>(result: Promise<Result>): Promise<Result> => {
    await result;
    hasEndedSessions();
    return result;
  };
  return {
    verifyEmail: (input) => resultOf(sendPublicly(documents.VERIFY_EMAIL, { input })),
    resendVerification: (input) => resultOf(sendPublicly(documents.RESEND_VERIFICATION, { input })),
    forgotPassword: (input) => resultOf(sendPublicly(documents.FORGOT_PASSWORD, { input })),
    resetPassword: (input) => thenEnded(resultOf(sendPublicly(documents.RESET_PASSWORD, { input }))),
    changePassword: (input) => resultOf(send(documents.CHANGE_PASSWORD, { input })),
    changeEmail: (input) => resultOf(send(documents.CHANGE_EMAIL, { input })),
    confirmEmailChange: (input) => resultOf(send(documents.CONFIRM_EMAIL_CHANGE, { input })),
    revokeSession: (input) => thenEnded(resultOf(send(documents.REVOKE_SESSION, { input }))),
    revokeOtherSessions: () => resultOf(send(documents.REVOKE_OTHER_SESSIONS, {})),
    revokeAllSessions: () => thenEnded(resultOf(send(documents.REVOKE_ALL_SESSIONS, {}))),
    me: () => resultOf(send(documents.ME, {})),
    sessions: async () => (await resultOf(send(documents.SESSIONS, {}))).sessions ?? [],
  };
}
