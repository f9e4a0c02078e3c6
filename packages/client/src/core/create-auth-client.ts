import { isUsable } from './access-token.js';
import type { AccessTokenOptions, AuthClient, AuthClientOptions } from './auth-client.types.js';
import { createAuthFetch } from './auth-fetch.js';
import type { AuthState } from './auth-state.js';
import { AuthRequestError } from './auth-request-error.js';
import type { ClientContext } from './context.js';
import { createOperations } from './operations.js';
import { createRefresh, type Refresh } from './refresh.js';
import { Retry } from './retry.js';
import { Session } from './session.js';
import { createSignIn } from './sign-in.js';
import { createSignOut, type SignOut } from './sign-out.js';
import { readStoredSession, removeStoredSession } from './stored-session.js';
import { Tabs } from './tabs.js';
import { receiveFromTabs } from './tab-messages.js';
import { memoryStorage, webStorage, type TokenStorage, type WebStorage } from './token-storage.js';
import { Transport } from './transport.js';

interface Page {
  readonly document?: unknown;
  readonly localStorage: WebStorage;
  readonly location?: { readonly href: string };
}

const page = globalThis as unknown as Page;

/**
 * Creates a client for the authentication of one gateway. A page needs one.
 * @example const auth = createAuthClient({ url: '/graphql', mode: 'cookie' })
 */
export function createAuthClient(options: AuthClientOptions): AuthClient {
  const { url, mode = 'token', storage = defaultStorage(mode), name = 'auth', refreshMarginSeconds = 30 } = options;
  const fetchNow = options.fetch ?? ((...request) => fetch(...request));
  const isCookieMode = mode === 'cookie';
  const session = new Session();
  const tabs = new Tabs(name, (message) => receiveFromTabs(context, retry, message));
  const transport = new Transport(url, isCookieMode ? 'include' : 'same-origin', fetchNow);
  const context: ClientContext = { isCookieMode, name, session, storage, transport, tabs };
  const retry = new Retry(() => session.state.status !== 'signedOut' && refresh.run());
  const signOut = createSignOut(context);
  const refresh = createRefresh(context, retry, signOut.isPending);
  const loaded = load(context, signOut);
  // Every call rejects if the storage does.
  loaded.catch(() => undefined);
  const getAccessToken = createGetAccessToken(context, { loaded, refresh, retry, refreshMarginSeconds });
  const { origin } = new URL(url, page.location?.href ?? 'http://localhost');
  const authFetch = createAuthFetch(origin, fetchNow, getAccessToken);
  const request: AuthClient['request'] = (document, variables) =>
    transport.send(document, variables, { fetch: authFetch });

  return {
    get state() {
      return session.state;
    },
    get accessToken() {
      return isUsable(session.token, refreshMarginSeconds) ? session.token.text : undefined;
    },
    subscribe: session.subscribe,
    ready: () => findOut(context, { loaded, refresh, retry }),
    getAccessToken,
    fetch: authFetch,
    request,
    ...createOperations(transport, request, () => session.id !== undefined && refresh.run()),
    ...createSignIn(context, refresh, signOut),
    logout: () => logout(context, loaded, refresh, signOut),
    dispose() {
      for (const part of [retry, signOut, tabs]) part.stop();
    },
  };
}

function defaultStorage(mode: AuthClientOptions['mode']): TokenStorage {
  if (mode !== 'cookie' || page.document === undefined) return memoryStorage();
  try {
    return webStorage(page.localStorage);
  } catch {
    return memoryStorage();
  }
}

/** Reads what earlier pages have left. */
async function load(context: ClientContext, signOut: SignOut): Promise<void> {
  const { isCookieMode, session } = context;
  const { epoch } = session;
  if (isCookieMode) {
    if (!(await signOut.isPending()) || session.epoch !== epoch) return;
    session.signOut('logout');
    void signOut.deliver();
    return;
  }
  const stored = await readStoredSession(context);
  if (session.epoch !== epoch) return;
  if (stored) session.restore(stored);
  else session.signOut('never');
}

interface Parts {
  readonly loaded: Promise<void>;
  readonly refresh: Refresh;
  readonly retry: Retry;
}

async function findOut({ session }: ClientContext, { loaded, refresh, retry }: Parts): Promise<AuthState> {
  await loaded;
  if (session.state.status === 'unknown' && !retry.waitingAfter) await refresh.run();
  return session.state;
}

function createGetAccessToken(
  { session }: ClientContext,
  { loaded, refresh, retry, refreshMarginSeconds }: Parts & { readonly refreshMarginSeconds: number },
): AuthClient['getAccessToken'] {
  const isSignedOut = (): boolean => session.state.status === 'signedOut';
  return async ({ fresh = false, rejected }: AccessTokenOptions = {}) => {
    const usable = (marginSeconds: number): string | undefined => {
      const { token } = session;
      return isUsable(token, marginSeconds) && token.text !== rejected ? token.text : undefined;
    };
    await loaded;
    if (isSignedOut()) return undefined;
    const present = fresh ? undefined : usable(refreshMarginSeconds);
    if (present !== undefined) return present;
    const error = retry.waitingAfter ?? (await refresh.run());
    if (isSignedOut()) return undefined;
    const token = fresh && error ? undefined : usable(0);
    if (token === undefined) throw error ?? new AuthRequestError('There is no valid access token', {});
    return token;
  };
}

async function logout(
  context: ClientContext,
  loaded: Promise<void>,
  refresh: Refresh,
  signOut: SignOut,
): Promise<void> {
  await loaded;
  const { isCookieMode, session, tabs } = context;
  const { id: sessionId, state, token } = session;
  if (state.status === 'signedOut') return;
  session.signOut('logout');
  const stored = isCookieMode ? undefined : await readStoredSession(context);
  await removeStoredSession(context);
  tabs.post({ kind: 'gone', sessionId, because: 'logout' });
  // A refresh under way would store another token.
  await refresh.settled();
  await removeStoredSession(context);
  await signOut.begin({ token, refreshToken: stored?.refreshToken });
}
