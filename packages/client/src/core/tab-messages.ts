import { readAccessToken } from './access-token.js';
import { now } from './clock.js';
import type { ClientContext } from './context.js';
import type { Retry } from './retry.js';
import { readStoredSession } from './stored-session.js';
import type { TabMessage } from './tabs.js';

/** Follows what happens in the other tabs. */
export function receiveFromTabs(context: ClientContext, retry: Retry, message: TabMessage): void {
  const { isCookieMode, session } = context;
  if (message.kind === 'token' && isCookieMode) {
    const token = readAccessToken(message.text, { ...now(), wallMs: message.arrivedMs });
    if (session.adopt(token)) retry.succeeded();
  } else if (message.kind === 'stored' && !isCookieMode) {
    void followStorage(context);
  } else if (message.kind === 'gone') {
    // Without an id it is the session of the cookie, which all tabs share.
    const isAny = isCookieMode && message.because === 'logout' && message.sessionId === undefined;
    if (session.id !== undefined && (isAny || message.sessionId === session.id)) session.signOut(message.because);
  }
}

async function followStorage(context: ClientContext): Promise<void> {
  const stored = await readStoredSession(context).catch(() => undefined);
  if (stored) context.session.restore(stored);
}
