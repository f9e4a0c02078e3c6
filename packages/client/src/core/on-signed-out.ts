import type { AuthClient } from './auth-client.types.js';
import type { SignedIn } from './auth-state.js';

/**
 * Calls a function whenever a user is signed out: by a sign-out, the end of the session, or the sign-in of another user.
 * Returns a function that stops it.
 * @example onSignedOut(auth, () => apollo.clearStore())
 */
export function onSignedOut(auth: Pick<AuthClient, 'state' | 'subscribe'>, listener: () => unknown): () => void {
  const userId = (): string | undefined => (auth.state as Partial<SignedIn>).userId;
  let present = userId();
  return auth.subscribe(() => {
    const before = present;
    present = userId();
    if (before !== undefined && before !== present) listener();
  });
}
