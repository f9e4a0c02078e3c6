import type { MetadataDocument } from './metadata-document.js';

/** A person who can sign in, without the password hash. */
export interface User {
  readonly id: string;
  /** Normalised. */
  readonly email: string;
  readonly firstName: string | null;
  readonly lastName: string | null;
  /** What the user wants to be called. */
  readonly displayName: string | null;
  /** The https address of a picture. */
  readonly avatarUrl: string | null;
  /** A BCP 47 tag such as `de-AT`, in canonical form. Emails are written in this language. */
  readonly locale: string | null;
  readonly emailVerifiedAt: Date | null;
  readonly active: boolean;
  readonly createdAt: Date;
  readonly lastLoginAt: Date | null;
  /** The roles that an operator has assigned; each is a valid scope. @see RFC 6749 §3.3 */
  readonly roles: readonly string[];
  /** Access tokens that were issued before are stale, because they contain earlier roles. A whole second. */
  readonly tokensNotBefore: Date | null;
  /** Only set for the claims hook, and only with `claimsMetadata`. */
  readonly publicMetadata?: MetadataDocument;
}
