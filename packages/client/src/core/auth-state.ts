/** Who is signed in, as far as the client knows. Compare it by identity: every change makes another object. */
export type AuthState =
  /** The client does not know yet: before the first refresh in cookie mode, or while the storage is read. */
  | { readonly status: 'unknown' }
  | {
      readonly status: 'signedOut';
      /** `never`: there was no session. `logout`: the user signed out. `ended`: the service ended the session. */
      readonly because: 'never' | 'logout' | 'ended';
    }
  | {
      readonly status: 'signedIn';
      readonly userId: string;
      readonly sessionId: string;
      /** For what a page shows. Servers decide by the token. */
      readonly scopes: readonly string[];
      /** False while a refresh fails. The user stays signed in. */
      readonly reachable: boolean;
    };

export type SignedIn = Extract<AuthState, { status: 'signedIn' }>;
/** Whose session it is. */
export type SessionIdentity = Pick<SignedIn, 'userId' | 'sessionId' | 'scopes'>;
export type SignedOutBecause = Extract<AuthState, { status: 'signedOut' }>['because'];
