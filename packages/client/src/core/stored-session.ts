import type { AccessToken } from './access-token.js';
import type { SessionIdentity } from './auth-state.js';
import type { ClientContext } from './context.js';

/** What token mode keeps over a reload. */
interface StoredSession {
  readonly refreshToken: string;
  readonly identity: SessionIdentity;
}

const KEY = 'session';

/** Undefined in cookie mode. */
export async function readStoredSession({ isCookieMode, store }: ClientContext): Promise<StoredSession | undefined> {
  return isCookieMode ? undefined : store.read(KEY, parse);
}

/** @throws TypeError a part is missing */
function parse(value: unknown): StoredSession | undefined {
  const session = value as StoredSession;
  const { userId, sessionId, scopes } = session.identity;
  return [session.refreshToken, userId, sessionId, ...scopes].every((text) => typeof text === 'string')
    ? session
    : undefined;
}

/** Returns the error of a storage that fails. */
export const removeStoredSession = ({ store }: ClientContext): Promise<unknown> => store.write(KEY);

/** @param isAnother whether the stored session, if any, is not the same one */
export async function storeSession(
  context: ClientContext,
  { identity }: AccessToken,
  refreshToken: string | null,
  isAnother?: boolean,
): Promise<void> {
  // In cookie mode there is nothing to store.
  if (refreshToken === null) return;
  // After a reload, a session that is left would bring back an earlier user.
  await context.store.write(KEY, { refreshToken, identity }, isAnother);
  // The storage may be slow, and the user may have signed out meanwhile.
  if (context.session.ended.has(identity.sessionId)) await removeStoredSession(context);
}
