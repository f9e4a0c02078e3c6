import { readAccessToken } from './access-token.js';
import type { AccessTokenOptions, AuthClient, AuthClientOptions } from './auth-client.types.js';
import { createAuthFetch } from './auth-fetch.js';
import { AuthRequestError } from './auth-request-error.js';
import type { ClientContext } from './context.js';
import { moveDevice } from './known-devices.js';
import { createOperations } from './operations.js';
import { page } from './page.js';
import { createRefresh, type Refresh } from './refresh.js';
import { createRetry, type Retry } from './retry.js';
import { Session } from './session.js';
import { createSignIn } from './sign-in.js';
import { createSignOut, type SignOut } from './sign-out.js';
import { readStoredSession, removeStoredSession } from './stored-session.js';
import { createStore } from './store.js';
import { createTabs } from './tabs.js';
import { receiveFromTabs } from './tab-messages.js';
import { attempt, webStorage } from './token-storage.js';
import { createTransport, type Send } from './transport.js';

/**
 * Creates a client for the authentication of one gateway. A page needs one.
 * @example const auth = createAuthClient({ url: '/graphql', mode: 'cookie' })
 */
export function createAuthClient(options: AuthClientOptions): AuthClient {
  const { url, mode = 'token', name = 'auth', refreshMarginSeconds = 30 } = options;
  const isCookieMode = mode === 'cookie';
  const { storage = isCookieMode && page.document ? webStorage(() => page.localStorage) : new Map<string, string>() } =
    options;
  const fetchNow: typeof fetch = async (...request) => (options.fetch ?? fetch)(...request);
  const life = new AbortController();
  const session = new Session();
  const tabs = createTabs(`auth-subgraph:${name}`, (message) => receiveFromTabs(context, retry, message), life.signal);
  const sendWith = (send: typeof fetch): Send =>
    createTransport(url, isCookieMode ? { credentials: 'include' } : {}, send);
  const send = sendWith(fetchNow);
  const context: ClientContext = { isCookieMode, session, store: createStore(storage, name), send, tabs };
  const follow = (): unknown => session.isSignedOut() || refresh.run();
  const retry = createRetry(follow, life.signal);
  // A page from the back/forward cache has heard nothing of what other pages have done.
  page.addEventListener?.('pageshow', ({ persisted }) => persisted && refresh.run(), life);
  const signOut = createSignOut(context, life.signal, (deliver) => refresh.whenIdle(deliver));
  const refresh = createRefresh(context, retry, signOut);
  const load = createLoad(context, signOut);
  load().catch(() => undefined);
  const access = createAccess(context, load, refresh, retry, refreshMarginSeconds);
  const authFetch = createAuthFetch(url, fetchNow, access.getAccessToken);
  const request = sendWith(authFetch);

  return {
    get state() {
      return session.state;
    },
    get accessToken() {
      return session.token?.usable(refreshMarginSeconds);
    },
    subscribe: session.subscribe,
    ...access,
    fetch: authFetch,
    request,
    ...createOperations(send, request, follow, (user) => moveDevice(context, user)),
    ...createSignIn(context, refresh, signOut, retry),
    logout: () => logout(context, load, refresh, signOut),
    dispose: () => life.abort(),
  };
}

/** Reads the storage once. Rejects if that fails, and then reads it again at the next call. */
function createLoad(context: ClientContext, signOut: SignOut): () => Promise<void> {
  let loading: Promise<void> | undefined;
  return () =>
    (loading ??= readStorage(context, signOut).catch((error: unknown) => {
      loading = undefined;
      throw error;
    }));
}

/** Reads what earlier pages have left. */
async function readStorage(context: ClientContext, signOut: SignOut): Promise<void> {
  const { isCookieMode, session } = context;
  const { epoch } = session;
  const stored = await readStoredSession(context);
  const isPending = await signOut.isPending();
  if (session.epoch !== epoch) return;
  const isRestored = stored && session.restore(stored.identity);
  if (!isRestored && (!isCookieMode || isPending)) session.signOut(isPending ? 'logout' : 'never');
  if (isPending) void signOut.deliver();
}

function createAccess(
  { session }: ClientContext,
  load: () => Promise<void>,
  refresh: Refresh,
  retry: Retry,
  refreshMarginSeconds: number,
): Pick<AuthClient, 'ready' | 'getAccessToken'> {
  return {
    async ready() {
      await load();
      if (session.state.status === 'unknown' && !retry.error()) await refresh.run();
      return session.state;
    },
    async getAccessToken({ fresh = false, rejected, tryAgain }: AccessTokenOptions = {}) {
      await load();
      if (session.isSignedOut()) return undefined;
      const owner = rejected ? attempt(() => readAccessToken(rejected).identity.userId) : session.userId;
      let token = fresh ? undefined : session.token?.usable(refreshMarginSeconds, rejected);
      if (token === undefined) {
        const failure = retry.error();
        const isWaiting = failure && !(tryAgain && failure.retryAfterSeconds === undefined);
        const error = isWaiting ? failure : await refresh.run();
        if (session.isSignedOut()) return undefined;
        token = fresh && error ? undefined : session.token?.usable(0, rejected);
        if (token === undefined) throw error ?? new AuthRequestError();
      }
      // A request of one user must not go on as another one, who may have signed in on a page that shares the cookie.
      if (!fresh && owner !== undefined && owner !== session.userId)
        throw new AuthRequestError({ message: 'Another user has signed in', code: 'UNAUTHENTICATED' });
      return token;
    },
  };
}

async function logout(
  context: ClientContext,
  load: () => Promise<void>,
  refresh: Refresh,
  signOut: SignOut,
): Promise<void> {
  // Whatever the storage does, the user is signed out.
  await load().catch(() => undefined);
  const { session, tabs } = context;
  const { id: sessionId, token } = session;
  if (!session.isSignedOut()) {
    session.signOut('logout');
    // Whatever the storage does, the service has to know.
    const stored = await readStoredSession(context).catch(() => undefined);
    await signOut.begin(sessionId, token, stored?.refreshToken);
    await removeStoredSession(context);
    tabs.post({ kind: 'gone', sessionId, because: 'logout' });
    // A refresh under way would store another token.
    await refresh.settled();
  }
  const failure = await removeStoredSession(context);
  await signOut.deliver();
  if (failure) throw failure as Error;
}
