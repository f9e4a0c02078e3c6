/** The tables whose rows expire. */
export const EXPIRING_TABLES = [
  'auth_session',
  'auth_one_time_token',
  'auth_login_attempt',
  'auth_email_limit',
  'auth_registration_claim',
  'auth_rate_limit',
  'auth_service_account',
  'auth_device',
] as const;
export type ExpiringTable = (typeof EXPIRING_TABLES)[number];

/** The instants before which data of each kind is deleted. */
export interface Cutoffs {
  /** For sessions that have ended, deleted service accounts, and tokens that are consumed or expired. */
  readonly ended: Date;
  /** For sign-in attempts, which no longer count for the lockout. */
  readonly attempts: Date;
  /** For email limits whose period has ended. */
  readonly now: Date;
  /** For registration claims whose links have expired. */
  readonly claims: Date;
  /** For call counts that expire too far in the future, because the clock was set back. */
  readonly laterThan: Date;
  /** For devices without a sign-in. */
  readonly devices: Date;
}
