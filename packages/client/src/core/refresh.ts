import { AuthRequestError } from './auth-request-error.js';
import type { ClientContext } from './context.js';
import { exchange, type TokenPair } from './exchange.js';
import type { Retry } from './retry.js';
import { readStoredSession, removeStoredSession, storeSession } from './stored-session.js';

/** How often token mode starts again because another tab has stored another session meanwhile. */
const MAX_ROUNDS = 3;

export interface Refresh {
  /** Refreshes once, whoever asks meanwhile. Returns the reason if the service gave no answer. */
  run(): Promise<AuthRequestError | undefined>;
  /** Waits for the refresh that is under way. */
  settled(): Promise<unknown>;
}

/** @param isSignedOut whether the user has signed out and the service does not know yet */
export function createRefresh(context: ClientContext, retry: Retry, isSignedOut: () => Promise<boolean>): Refresh {
  const { isCookieMode, session } = context;
  let flight: Promise<AuthRequestError | undefined> | undefined;

  const attempt = async (): Promise<AuthRequestError | undefined> => {
    const { epoch } = session;
    try {
      if (await isSignedOut()) session.signOut('logout');
      else await (isCookieMode ? refreshCookie(context) : refreshStored(context));
    } catch (cause) {
      const error = unreachable(cause);
      if (session.epoch !== epoch) return undefined;
      session.setReachable(false);
      retry.failed(error);
      return error;
    }
    session.setReachable(true);
    retry.succeeded();
    return undefined;
  };

  return {
    run: () => (flight ??= attempt().finally(() => (flight = undefined))),
    settled: async () => flight,
  };
}

function unreachable(cause: unknown): AuthRequestError {
  return cause instanceof AuthRequestError ? cause : new AuthRequestError('The refresh failed', { cause });
}

async function refreshCookie(context: ClientContext): Promise<void> {
  const { session, tabs } = context;
  const { epoch } = session;
  let failure: AuthRequestError | undefined;
  const message = await tabs.inOneTab(async () => {
    try {
      const pair = await exchange(context);
      if (session.epoch !== epoch) return;
      if (pair) adopt(context, pair);
      else end(context);
    } catch (cause) {
      failure = unreachable(cause);
      tabs.post({ kind: 'failed', message: failure.message, retryAfterSeconds: failure.retryAfterSeconds });
    }
  });
  if (message?.kind === 'failed') failure = new AuthRequestError(message.message, message);
  if (failure) throw failure;
}

/** Every tab with the same storage may do this at once: the grace period of the service gives all of them one pair. */
async function refreshStored(context: ClientContext): Promise<void> {
  const { session } = context;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const { epoch } = session;
    const before = await readStoredSession(context);
    const pair = before && (await exchange(context, before.refreshToken));
    const after = await readStoredSession(context);
    if (session.epoch !== epoch) return;
    if (!after) {
      session.signOut(session.id === undefined ? 'never' : 'logout');
      return;
    }
    const isOurs = after.refreshToken === before?.refreshToken;
    if (isOurs && !pair) {
      await removeStoredSession(context);
      end(context);
      return;
    }
    if (pair && (isOurs || after.sessionId === pair.token.sessionId)) {
      // The token that another tab has stored is newer than ours.
      if (isOurs && pair.refreshToken !== null) await storeSession(context, pair.token, pair.refreshToken);
      if (session.epoch === epoch) session.adopt(pair.token);
      return;
    }
  }
  throw new Error('Other tabs keep storing other sessions');
}

function adopt({ session, tabs }: ClientContext, { token }: TokenPair): void {
  if (session.adopt(token)) tabs.post({ kind: 'token', text: token.text, arrivedMs: token.arrived.wallMs });
}

/** The service has said that the session has ended, or that there is none. */
function end({ session, tabs }: ClientContext): void {
  const sessionId = session.id;
  session.signOut(sessionId === undefined ? 'never' : 'ended');
  tabs.post({ kind: 'gone', sessionId, because: 'ended' });
}
