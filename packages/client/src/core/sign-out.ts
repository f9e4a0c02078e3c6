import { LOGOUT } from '../graphql/operations.js';
import type { AccessToken } from './access-token.js';
import type { AuthRequestError } from './auth-request-error.js';
import type { ClientContext } from './context.js';
import { exchange } from './exchange.js';
import { createRetry } from './retry.js';
import { shareSession } from './tab-messages.js';

const KEY = 'signed-out';

/** What is left of a session that the service still has to end. */
type Remains = readonly [token?: AccessToken, refreshToken?: string];

/** Tells the service that the user has signed out, as soon as it can be reached. */
export interface SignOut {
  /** Whether the service still has a cookie of a session from which the user has signed out. */
  readonly isPending: () => Promise<boolean>;
  /** Remembers the sign-out, over a reload too in cookie mode. */
  begin(sessionId: string | undefined, ...remains: Remains): Promise<void>;
  /** Tries to deliver the sign-out, which may be from before a reload, once nobody is signing in. */
  deliver(): Promise<void>;
  /** Tries to deliver it before a sign-in. */
  deliverNow(): Promise<void>;
  /** Another session has replaced the one that was to end. */
  forget(): Promise<void>;
}

/** Runs work while nobody is signing in: what arrived later would replace the cookie of the new session. */
type WhenIdle = (work: () => Promise<void>) => Promise<void>;

export function createSignOut(context: ClientContext, signal: AbortSignal, whenIdle: WhenIdle): SignOut {
  const { isCookieMode, session, store } = context;
  let remains: Remains | undefined;
  let delivery: Promise<void> | undefined;

  /** The id of the session that the service still has to end, or empty if it was never known. */
  const readMark = async (): Promise<string | undefined> =>
    // Throws if it is no text.
    isCookieMode ? store.read(KEY, (mark) => (mark as string).trim()) : remains && '';
  const isPending = async (): Promise<boolean> => isCookieMode && (await readMark()) !== undefined;
  const forget = async (): Promise<void> => {
    retry.report();
    remains = undefined;
    await store.write(KEY);
  };
  const attempt = async (): Promise<void> => {
    // Another tab may have delivered it, or somebody may have signed in there.
    const mark = await readMark();
    if (mark == null) return;
    const before = remains;
    const { epoch } = session;
    // The mark may be that of a later sign-out in another tab.
    const isMarked = !mark || mark === before?.[0]?.identity.sessionId;
    const other = await endSession(context, mark, ...((isMarked ? before : undefined) ?? []));
    // Another sign-out may have begun meanwhile.
    if (remains !== before || (await readMark()) !== mark) return attempt();
    await forget();
    // The user has signed in on a page of another origin, which shares the cookie but not the storage.
    if (other && session.epoch === epoch && session.adopt(other)) shareSession(context, other);
  };
  const deliverNow = (): Promise<void> =>
    (delivery ??= attempt()
      .catch(retry.report)
      .finally(() => (delivery = undefined)));
  const deliver = (): Promise<void> => delivery ?? whenIdle(deliverNow);
  const retry = createRetry(deliver, signal);

  return {
    isPending,
    forget,
    deliver,
    deliverNow,
    async begin(sessionId, ...given) {
      remains = given;
      if (isCookieMode) await store.write(KEY, sessionId ?? '');
    },
  };
}

/**
 * Returns the token of another session if the refresh token belongs to one, which stays open.
 * @param mark the id of the session to end, if it is known
 * @throws AuthRequestError the service is unreachable
 */
async function endSession(
  context: ClientContext,
  mark: string,
  token?: AccessToken,
  refreshToken?: string,
): Promise<AccessToken | undefined> {
  // An expired access token would clear the cookie and leave the session.
  const usable = token?.usable() ? token : (await exchange(context, refreshToken))?.token;
  if (usable && mark && mark !== usable.identity.sessionId) return usable;
  return (
    usable &&
    context.send(LOGOUT, {}, { authorization: `Bearer ${usable.text}` }).then(
      () => undefined,
      (error: unknown) => {
        if ((error as AuthRequestError).code !== 'UNAUTHENTICATED') throw error;
        // The key that signed it may have been withdrawn. If the session has ended, there is no other token.
        return token && endSession(context, mark, undefined, refreshToken);
      },
    )
  );
}
