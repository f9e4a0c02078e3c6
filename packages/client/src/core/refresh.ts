import { AuthRequestError } from './auth-request-error.js';
import type { ClientContext } from './context.js';
import { exchange } from './exchange.js';
import type { Retry } from './retry.js';
import type { SignOut } from './sign-out.js';
import { readStoredSession, removeStoredSession, storeSession } from './stored-session.js';
import { shareSession } from './tab-messages.js';
import type { FailureDetails } from './tabs.js';
import { toRequestError } from './transport.js';

export interface Refresh {
  /** Refreshes once, whoever asks meanwhile. Returns the reason if the service gave no answer. */
  run(): Promise<AuthRequestError | undefined>;
  /** Waits for the refresh that is under way. */
  settled(): Promise<unknown>;
  /**
   * Runs `work`, which signs in, after a sign-out that the service does not know yet, and while no refresh is in progress in
   * this tab or, as far as `withLock` waits, in another tab. Concurrent calls do not wait for each other.
   */
  without<Result>(work: () => Promise<Result>): Promise<Result>;
  /**
   * Runs `work`, which ends a session. In cookie mode only while nobody is signing in: not in this tab and, as far as
   * `inOneTab` waits, in no other.
   */
  whenIdle(work: () => Promise<void>): Promise<void>;
}

export function createRefresh(context: ClientContext, retry: Retry, signOut: SignOut): Refresh {
  const { isCookieMode, tabs } = context;
  let flight: Promise<AuthRequestError | undefined> | undefined;
  /** Resolves when no call of `without` is running. */
  let held: Promise<void> | undefined;
  /** The delivery of a sign-out before the first of them. */
  let prepared: Promise<void> | undefined;

  return {
    run: async () => {
      while (held) await held;
      return (flight ??= attempt(context, retry, signOut).finally(() => (flight = undefined)));
    },
    settled: async () => flight,
    async without(work) {
      while (flight) await flight;
      const result = tabs.withLock(async () => {
        // Never during another sign-in: the cookie would be that of the sign-out.
        await (prepared ??= signOut.deliverNow());
        return work();
      });
      const all: Promise<void> = Promise.allSettled([held, result]).then(() => {
        if (held === all) held = prepared = undefined;
      });
      held = all;
      return result;
    },
    async whenIdle(work) {
      if (!isCookieMode) return work();
      let isDone: true | undefined;
      const workNow = (): unknown => {
        if (held) return undefined;
        isDone = true;
        return work();
      };
      while (!isDone) await (held ?? tabs.inOneTab(workNow));
    },
  };
}

async function attempt(context: ClientContext, retry: Retry, signOut: SignOut): Promise<AuthRequestError | undefined> {
  const { isCookieMode, session } = context;
  const { epoch } = session;
  let error: AuthRequestError | undefined;
  try {
    if (await signOut.isPending()) session.signOut('logout');
    else await (isCookieMode ? refreshCookie(context) : refreshStored(context));
  } catch (cause) {
    // The rounds of token mode throw only what belongs to the present session.
    if (isCookieMode && session.epoch !== epoch) return undefined;
    error = toRequestError(cause);
  }
  session.setReachable(!error);
  retry.report(error);
  return error;
}

async function refreshCookie(context: ClientContext): Promise<void> {
  const { session, tabs } = context;
  const { epoch, token } = session;
  const work = async (): Promise<void> => {
    const pair = await exchange(context);
    if (session.epoch !== epoch) return;
    if (!pair) end(context);
    // The token that another tab has sent meanwhile is newer, if this one was frozen.
    else if (session.token === token && session.adopt(pair.token)) shareSession(context, pair.token);
  };
  const message = await tabs.inOneTab(work).catch((cause: unknown) => {
    const error = toRequestError(cause);
    tabs.post({ ...(error as FailureDetails), kind: 'failed' });
    throw error;
  });
  if (message?.kind === 'failed') throw new AuthRequestError(message);
  // The message may say nothing about this session, such as an old token of a tab that thaws.
  if (message && session.epoch === epoch && session.token === token) await work();
}

/** Every tab with the same storage may do this at once: the grace period of the service gives all of them one pair. */
async function refreshStored(context: ClientContext): Promise<void> {
  const { session } = context;
  // Another round only if another tab has stored another session meanwhile.
  for (let round = 0; round < 3; round += 1) {
    const { epoch } = session;
    const before = await readStoredSession(context);
    const pair =
      before &&
      (await exchange(context, before.refreshToken).catch((error: unknown) => {
        if (session.epoch === epoch) throw error;
        return undefined;
      }));
    // The new token counts, even if the storage fails meanwhile: the old one is used up.
    const after = await readStoredSession(context).catch(() => before);
    if (session.epoch !== epoch) {
      if (session.isSignedOut()) return;
      continue;
    }
    if (!after) {
      session.signOut('logout');
      return;
    }
    const isOurs = after.refreshToken === before?.refreshToken;
    if (isOurs && !pair) {
      await removeStoredSession(context);
      end(context);
      return;
    }
    if (pair && (isOurs || after.identity.sessionId === pair.token.identity.sessionId)) {
      // The token that another tab has stored is newer than ours.
      if (isOurs) await storeSession(context, pair.token, pair.refreshToken);
      if (session.epoch === epoch) session.adopt(pair.token);
      return;
    }
  }
}

/** The service has said that the session has ended, or that there is none. */
function end({ session, tabs }: ClientContext): void {
  const sessionId = session.id;
  const because = sessionId === undefined ? 'never' : 'ended';
  session.signOut(because);
  tabs.post({ kind: 'gone', sessionId, because });
}
