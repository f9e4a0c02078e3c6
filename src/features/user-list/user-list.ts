import type { UserRecord, UserStatus } from '../../core/management/user-record.js';
import type { UserPosition } from './user-position.js';

/** The orders in which users are listed. */
export const USER_ORDERS = ['NEWEST_FIRST', 'OLDEST_FIRST', 'EMAIL'] as const;
export type UserOrder = (typeof USER_ORDERS)[number];

/** Which users are listed: those who meet all conditions. */
export interface UserFilter {
  /** The beginning of an address, of a domain, or of a name; or a whole id. */
  readonly search?: string | undefined;
  readonly status?: UserStatus | undefined;
  readonly emailVerified?: boolean | undefined;
  readonly role?: string | undefined;
  /** Whether sign-in is locked now. */
  readonly locked?: boolean | undefined;
  readonly createdAfter?: Date | undefined;
  readonly createdBefore?: Date | undefined;
}

export interface UserListQuery {
  readonly filter: UserFilter;
  /** Only without a search. `NEWEST_FIRST` by default. */
  readonly orderBy?: UserOrder | undefined;
  readonly first: number;
  /** The cursor of the user that the page follows. */
  readonly after?: string | undefined;
}

/** A user in a list, with its position. */
export interface ListedUser {
  readonly record: UserRecord;
  readonly position: UserPosition;
}

export interface UserPage {
  readonly users: readonly ListedUser[];
  readonly hasMore: boolean;
}

/** How many users there are. */
export interface UserCount {
  readonly value: number;
  readonly precision: 'EXACT' | 'AT_LEAST' | 'ESTIMATE';
}
