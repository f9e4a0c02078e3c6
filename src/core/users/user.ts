/** A person who can sign in, as the rest of the subgraph knows one: without the password hash. */
export interface User {
  readonly id: string;
  /** Normalised. */
  readonly email: string;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly emailVerifiedAt: Date | null;
  readonly active: boolean;
  readonly createdAt: Date;
  readonly lastLoginAt: Date | null;
  /** What an operator lets the user do; each can be a scope. @see RFC 6749 §3.3 */
  readonly roles: readonly string[];
  /** Access tokens that were issued before are stale: they speak of earlier roles. A whole second. */
  readonly tokensNotBefore: Date | null;
}
