import type { AccessToken } from './access-token.js';
import type { AuthState, SignedOutBecause } from './auth-state.js';

type SignedIn = Extract<AuthState, { status: 'signedIn' }>;
export type SessionIdentity = Pick<SignedIn, 'userId' | 'sessionId' | 'scopes'>;

/** The state of one client, and the access token, which is in memory only. */
export class Session {
  state: AuthState = { status: 'unknown' };
  token: AccessToken | undefined;
  /** Changes with each sign-in and sign-out. What began before must not change the state any more. */
  epoch = 0;
  private readonly listeners = new Set<() => void>();
  private readonly ended = new Set<string>();

  /** The id of the session, if somebody is signed in. */
  get id(): string | undefined {
    return this.state.status === 'signedIn' ? this.state.sessionId : undefined;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    // One function may be subscribed twice.
    const own = (): void => listener();
    this.listeners.add(own);
    return () => void this.listeners.delete(own);
  };

  /** A new sign-in. */
  signIn(token: AccessToken): void {
    this.epoch += 1;
    this.token = token;
    this.restore(token);
  }

  /** Takes a token from a refresh or another tab. Returns false for an older one, or one of a session that has ended. */
  adopt(token: AccessToken): boolean {
    const isOlder = token.sessionId === this.token?.sessionId && token.issuedAt < this.token.issuedAt;
    if (isOlder || this.ended.has(token.sessionId)) return false;
    this.token = token;
    this.restore(token);
    return true;
  }

  /** Takes a session whose access token may be unknown. */
  restore({ userId, sessionId, scopes }: SessionIdentity): void {
    if (this.id !== sessionId) this.epoch += 1;
    if (this.token?.sessionId !== sessionId) this.token = undefined;
    this.change({ status: 'signedIn', userId, sessionId, scopes, reachable: true });
  }

  signOut(because: SignedOutBecause): void {
    this.epoch += 1;
    this.token = undefined;
    if (this.id !== undefined) this.ended.add(this.id);
    if (this.state.status !== 'signedOut') this.change({ status: 'signedOut', because });
  }

  setReachable(reachable: boolean): void {
    if (this.state.status === 'signedIn') this.change({ ...this.state, reachable });
  }

  private change(next: AuthState): void {
    if (JSON.stringify(this.state) === JSON.stringify(next)) return;
    this.state = next;
    for (const listener of [...this.listeners]) listener();
  }
}
