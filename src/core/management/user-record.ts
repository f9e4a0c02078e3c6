import type { User } from '../users/user.js';

export const USER_STATUSES = ['ACTIVE', 'INVITED', 'DEACTIVATED', 'CLOSED'] as const;
export type UserStatus = (typeof USER_STATUSES)[number];

/** A user as operators see them. */
export interface UserRecord extends User {
  readonly status: UserStatus;
  readonly hasPassword: boolean;
  readonly deactivatedAt: Date | null;
  readonly deactivationReason: string | null;
  /** When the latest lock of the address or of a known device ends. */
  readonly lockedUntil: Date | null;
}
