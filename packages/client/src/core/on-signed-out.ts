import type { AuthClient } from './auth-client.types.js';
import type { AuthState } from './auth-state.js';

/**
 * Calls a function whenever a user is gone: after a sign-out, at the end of the session, and if another user signs in.
 * Returns a function that stops it.
 * @example onSignedOut(auth, () => apollo.clearStore())
 */
export function onSignedOut(auth: Pick<AuthClient, 'state' | 'subscribe'>, listener: () => unknown): () => void {
  let before = userOf(auth.state);
  return auth.subscribe(() => {
    const user = userOf(auth.state);
    const isGone = before !== undefined && user !== before;
    before = user;
    if (isGone) listener();
  });
}

function userOf(state: AuthState): string | undefined {
  return state.status === 'signedIn' ? state.userId : undefined;
}
