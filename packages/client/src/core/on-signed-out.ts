import type { AuthClient } from './auth-client.types.js';
import type { SignedIn } from './auth-state.js';

/**
 * Calls a function whenever a user is gone: after a sign-out, at the end of the session, and if another user signs in.
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
