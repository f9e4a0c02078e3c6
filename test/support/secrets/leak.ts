import type { NotedSecret } from './run-record.js';

/** A secret that a test left in a log or a table. */
export interface Leak {
  readonly secret: NotedSecret;
  /** Such as `log` or `public.auth_user.first_name`. */
  readonly place: string;
  /** The line or value, without the form of the secret that was found. */
  readonly text: string;
  /** The test file; empty if it is unknown. */
  readonly by: string;
}
