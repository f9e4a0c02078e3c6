import type { AccessToken } from './access-token.js';
import type { ClientContext } from './context.js';
import type { SessionIdentity } from './session.js';
import { readJson, removeJson, writeJson } from './stored-json.js';

/** What token mode keeps over a reload. */
interface StoredSession extends SessionIdentity {
  readonly refreshToken: string;
}

const KEY = 'session';

export const readStoredSession = (context: ClientContext): Promise<StoredSession | undefined> => readJson(context, KEY);

export const removeStoredSession = (context: ClientContext): Promise<void> => removeJson(context, KEY);

export function storeSession(context: ClientContext, token: AccessToken, refreshToken: string): Promise<void> {
  const { userId, sessionId, scopes } = token;
  return writeJson(context, KEY, { refreshToken, userId, sessionId, scopes });
}
