import type { AccessToken } from './access-token.js';
import type { AuthState, SessionIdentity, SignedIn, SignedOutBecause } from './auth-state.js';

/** The state of one client, and the access token, which is in memory only. */
export class Session {
  state: AuthState = { status: 'unknown' };
  token: AccessToken | undefined;
  /** Changes with each sign-in and sign-out. What began before must not change the state any more. */
  epoch = 0;
  private readonly listeners = new Set<() => void>();
  /** The ids of sessions that have ended. */
  readonly ended = new Set<string | undefined>();

  /** The id of the session, if somebody is signed in. */
  get id(): string | undefined {
    return (this.state as Partial<SignedIn>).sessionId;
  }

  /** The id of the user, if somebody is signed in. */
  get userId(): string | undefined {
    return (this.state as Partial<SignedIn>).userId;
  }

  isSignedOut(): boolean {
    return this.state.status === 'signedOut';
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    // One function may be subscribed twice.
    const own = (): void => listener();
    this.listeners.add(own);
    return () => void this.listeners.delete(own);
  };

  /** Takes a token from a sign-in, a refresh or another tab. Returns false for one of a session that has ended. */
  adopt(token: AccessToken): boolean {
    return this.restore(token.identity, token);
  }

  /** Takes a session whose access token may be unknown. Returns false for one that has ended. */
  restore(identity: SessionIdentity, token = this.token): boolean {
    if (this.ended.has(identity.sessionId)) return false;
    if (this.id !== identity.sessionId) this.epoch += 1;
    this.token = token?.identity.sessionId === identity.sessionId ? token : undefined;
    this.change({ status: 'signedIn', ...identity, reachable: true });
    return true;
  }

  signOut(because: SignedOutBecause): void {
    this.epoch += 1;
    this.token = undefined;
    this.ended.add(this.id);
    if (!this.isSignedOut()) this.change({ status: 'signedOut', because });
  }

  setReachable(reachable: boolean): void {
    if (this.id !== undefined) this.change({ ...(this.state as SignedIn), reachable });
  }

  private change(next: AuthState): void {
    if (JSON.stringify(this.state) === JSON.stringify(next)) return;
    this.state = next;
    // A listener may subscribe others.
    for (const listener of [...this.listeners])
      try {
        listener();
      } catch (error) {
        // Reported like any other, but the change goes on.
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- whatever the listener has thrown
        void Promise.reject(error);
      }
  }
}
