/** A person who can sign in, without the password hash. */
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
  /** The roles that an operator has assigned; each is a valid scope. @see RFC 6749 §3.3 */
  readonly roles: readonly string[];
  /** Access tokens that were issued before are stale, because they contain earlier roles. A whole second. */
  readonly tokensNotBefore: Date | null;
}
