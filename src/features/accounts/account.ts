import type { UserStatus } from '../../core/management/user-record.js';

export type AccountStatus = Lowercase<UserStatus>;

/** An account as operators see it. */
export interface Account {
  readonly id: string;
  readonly email: string;
  readonly emailVerifiedAt: Date | null;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly displayName: string | null;
  readonly avatarUrl: string | null;
  readonly locale: string | null;
  readonly status: AccountStatus;
  readonly roles: readonly string[];
  readonly hasPassword: boolean;
  readonly createdAt: Date;
  readonly lastLoginAt: Date | null;
  readonly deactivatedAt: Date | null;
  readonly deactivationReason: string | null;
  readonly closedAt: Date | null;
  /** When a closed account is erased, unless it is restored before. */
  readonly eraseAfter: Date | null;
  /** When the latest lock of the address or of a known device ends. */
  readonly lockedUntil: Date | null;
}
