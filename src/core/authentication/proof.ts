import type { RawBuilder } from 'kysely';
import type { RecordedEvent } from '../events/recorded-event.js';

/**
 * How a user has proven their identity at one sign-in, and the conditions that must still hold when the session is
 * opened.
 */
export interface Proof {
  readonly user: { readonly id: string; readonly email: string };
  /** The `amr` claim of the session's access tokens. @see RFC 8176 §2 */
  readonly methods: readonly string[];
  /** When the proof was presented: the `auth_time` claim. */
  readonly provenAt: Date;
  /** Stored if the session is opened. */
  readonly events: readonly RecordedEvent[];
  readonly account: ExistingAccount | NewAccount;
}

/** The account must be active and satisfy the guard. */
interface ExistingAccount {
  readonly kind: 'existing';
  /** Whether nobody has signed in to the account before, so that its first device is no news. */
  readonly isFirstSignIn?: boolean;
  /** A condition on `auth_user u`. The statement locks the row, so the condition still holds when the session is written. */
  readonly guard: RawBuilder<unknown>;
  /** Further assignments to the row, each starting with a comma. */
  readonly changes?: RawBuilder<unknown>;
  /** Further steps, each starting with a comma. `u` has a row if the session is opened. */
  readonly steps?: RawBuilder<unknown>;
}

/** The account and its first session are written together or not at all. */
interface NewAccount {
  readonly kind: 'new';
  /** Steps that come first, each ending with a comma. */
  readonly before: RawBuilder<unknown>;
  /** Inserts a row into `auth_user` and returns it, or returns no row if the account cannot be created. */
  readonly insert: RawBuilder<unknown>;
  /** Further steps, each starting with a comma. `u` has a row if the session is opened. */
  readonly steps?: RawBuilder<unknown>;
}
