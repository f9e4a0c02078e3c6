import { LOGOUT } from '../graphql/operations.js';
import { isUsable, type AccessToken } from './access-token.js';
import { AuthRequestError } from './auth-request-error.js';
import type { ClientContext } from './context.js';
import { exchange } from './exchange.js';
import { Retry } from './retry.js';

/** What is left of a session that the service still has to end. */
interface Remains {
  readonly token?: AccessToken | undefined;
  readonly refreshToken?: string | undefined;
}

/** Tells the service that the user has signed out, as soon as it can be reached. */
export interface SignOut {
  /** Whether the service still has a cookie of a session from which the user has signed out. */
  readonly isPending: () => Promise<boolean>;
  /** Remembers the sign-out, over a reload too in cookie mode, and tries to deliver it. */
  begin(remains: Remains): Promise<void>;
  /** Tries to deliver a sign-out from before a reload, or before a sign-in. */
  deliver(): Promise<void>;
  /** Another session has replaced the one that was to end. */
  forget(): Promise<void>;
  stop(): void;
}

export function createSignOut(context: ClientContext): SignOut {
  const { isCookieMode, name, storage } = context;
  const key = `${name}.signed-out`;
  let remains: Remains | undefined;
  let delivery: Promise<void> | undefined;

  const isPending = async (): Promise<boolean> => isCookieMode && (await storage.get(key)) !== null;
  const forget = async (): Promise<void> => {
    retry.succeeded();
    remains = undefined;
    if (isCookieMode) await storage.remove(key);
  };
  const attempt = async (): Promise<void> => {
    try {
      // Another tab may have delivered it, or somebody may have signed in there.
      const isMarked = await isPending();
      if (isCookieMode ? !isMarked : !remains) return;
      const current = remains ?? {};
      await endSession(context, current);
      if (remains === undefined || remains === current) await forget();
    } catch (error) {
      retry.failed(error as AuthRequestError);
    }
  };
  const deliver = (): Promise<void> => (delivery ??= attempt().finally(() => (delivery = undefined)));
  const retry = new Retry(deliver);

  return {
    isPending,
    forget,
    deliver,
    async begin(given) {
      remains = given;
      if (isCookieMode) await storage.set(key, '1');
      await deliver();
    },
    stop: () => retry.stop(),
  };
}

/** @throws AuthRequestError the service is unreachable */
async function endSession(context: ClientContext, { token, refreshToken }: Remains): Promise<void> {
  // An expired access token would clear the cookie and leave the session.
  const usable = isUsable(token) ? token : (await exchange(context, refreshToken))?.token;
  if (!usable) return;
  try {
    await context.transport.send(LOGOUT, {}, { accessToken: usable.text });
  } catch (error) {
    if (!(error instanceof AuthRequestError && error.code === 'UNAUTHENTICATED')) throw error;
  }
}
