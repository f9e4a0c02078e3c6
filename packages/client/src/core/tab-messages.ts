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
    if (session.adopt(token)) retry.reset();
  } else if (message.kind === 'stored' && !isCookieMode) {
    void followStorage(context);
  } else if (message.kind === 'gone') {
    // Without an id it is the session of the cookie, which all tabs share.
    const isAny = message.because === 'logout' && message.sessionId === undefined;
    if (session.id !== undefined && (isAny || message.sessionId === session.id)) session.signOut(message.because);
  }
}

async function followStorage(context: ClientContext): Promise<void> {
  const stored = await readStoredSession(context).catch(() => undefined);
  if (stored) context.session.restore(stored.identity);
}
