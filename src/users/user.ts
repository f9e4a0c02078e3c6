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
}
