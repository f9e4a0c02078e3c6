import { readAccessToken, type AccessToken } from './access-token.js';
import type { ClientContext } from './context.js';
import type { Retry } from './retry.js';
import { readStoredSession } from './stored-session.js';
import type { TabMessage } from './tabs.js';

/** Tells the other tabs of a session that this tab has opened or refreshed. */
export function shareSession({ isCookieMode, tabs }: ClientContext, { text, arrivedMs }: AccessToken): void {
  tabs.post(isCookieMode ? { kind: 'token', text, arrivedMs } : { kind: 'stored' });
}

/** Follows what happens in the other tabs. */
export function receiveFromTabs(context: ClientContext, retry: Retry, message: TabMessage): void {
  const { isCookieMode, session } = context;
  if (message.kind === 'token' && isCookieMode) {
    const token = readAccessToken(message.text, message.arrivedMs);
    // A tab that thaws may send an old one. The result of this tab's own refresh is never compared: the clock of the
    // service may be set back.
    const isOlder = token.identity.sessionId === session.id && token.issuedAt < (session.token?.issuedAt ?? 0);
    if (!isOlder && session.adopt(token)) retry.report();
  } else if (message.kind === 'stored') {
    void followStorage(context, retry);
  } else if (message.kind === 'gone') {
    session.ended.add(message.sessionId);
    // All tabs share the cookie: a tab that knows no session yet learns of it, and a sign-out without an id is for all.
    const isAny =
      (isCookieMode && session.id === undefined) || (message.because === 'logout' && message.sessionId === undefined);
    if (isAny || message.sessionId === session.id) session.signOut(message.because);
  }
}

async function followStorage(context: ClientContext, retry: Retry): Promise<void> {
  const stored = await readStoredSession(context).catch(() => undefined);
  if (!stored) return;
  context.session.restore(stored.identity);
  retry.report();
}
