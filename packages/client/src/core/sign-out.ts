import { LOGOUT } from '../graphql/operations.js';
import type { AccessToken } from './access-token.js';
import type { AuthRequestError } from './auth-request-error.js';
import type { ClientContext } from './context.js';
import { exchange } from './exchange.js';
import { createRetry } from './retry.js';

const KEY = 'signed-out';

/** What is left of a session that the service still has to end. */
type Remains = readonly [token?: AccessToken, refreshToken?: string];

/** Tells the service that the user has signed out, as soon as it can be reached. */
export interface SignOut {
  /** Whether the service still has a cookie of a session from which the user has signed out. */
  readonly isPending: () => Promise<boolean>;
  /** Remembers the sign-out, over a reload too in cookie mode. */
  begin(...remains: Remains): Promise<void>;
  /** Tries to deliver the sign-out, which may be from before a reload. */
  deliver(): Promise<void>;
  /** Another session has replaced the one that was to end. */
  forget(): Promise<void>;
}

export function createSignOut(context: ClientContext, signal: AbortSignal): SignOut {
  const { isCookieMode, store } = context;
  let remains: Remains | undefined;
  let delivery: Promise<void> | undefined;

  const isPending = async (): Promise<boolean> => isCookieMode && (await store.read(KEY)) === 1;
  const forget = async (): Promise<void> => {
    retry.report();
    remains = undefined;
    await store.write(KEY);
  };
  const attempt = async (): Promise<void> => {
    // Another tab may have delivered it, or somebody may have signed in there.
    if (!(isCookieMode ? await isPending() : remains)) return;
    const current = remains;
    await endSession(context, ...(current ?? []));
    if (remains === current) await forget();
  };
  const deliver = (): Promise<void> =>
    (delivery ??= attempt()
      .catch(retry.report)
      .finally(() => (delivery = undefined)));
  const retry = createRetry(deliver, signal);

  return {
    isPending,
    forget,
    deliver,
    async begin(...given) {
      remains = given;
      if (isCookieMode) await store.write(KEY, 1);
    },
  };
}

/** @throws AuthRequestError the service is unreachable */
async function endSession(context: ClientContext, token?: AccessToken, refreshToken?: string): Promise<void> {
  // An expired access token would clear the cookie and leave the session.
  const usable = token?.usable() ?? (await exchange(context, refreshToken))?.token.text;
  if (usable === undefined) return;
  await context.send(LOGOUT, {}, { authorization: `Bearer ${usable}` }).catch((error: unknown) => {
    if ((error as AuthRequestError).code !== 'UNAUTHENTICATED') throw error;
    // The key that signed it may have been withdrawn. If the session has ended, there is no other token.
    return token && endSession(context, undefined, refreshToken);
  });
}
