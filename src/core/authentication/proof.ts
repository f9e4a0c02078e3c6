import type { RawBuilder } from 'kysely';
import type { RecordedEvent } from '../events/recorded-event.js';

/**
 * How somebody has proven who they are: what one sign-in presented, and what the statement that opens the session must
 * still find true.
 */
export interface Proof {
  readonly user: { readonly id: string; readonly email: string };
  /** The `amr` claim of the session's access tokens. @see RFC 8176 §2 */
  readonly methods: readonly string[];
  /** When it was presented: the `auth_time` claim. */
  readonly provenAt: Date;
  /** Happen if the session is opened. */
  readonly events: readonly RecordedEvent[];
  readonly account: ExistingAccount | NewAccount;
}

/** The account must be active, and the guard true of it. */
interface ExistingAccount {
  readonly kind: 'existing';
  /** A condition on `auth_user u`. The statement locks the row, so that it still holds when the session is there. */
  readonly guard: RawBuilder<unknown>;
  /** Further assignments to the row, each after a comma. */
  readonly changes?: RawBuilder<unknown>;
  /** Further steps, each after a comma. `u` has a row if the session is opened. */
  readonly steps?: RawBuilder<unknown>;
}

/** The account and its first session are written together, or neither is. */
interface NewAccount {
  readonly kind: 'new';
  /** Steps that come first, each before a comma. */
  readonly before: RawBuilder<unknown>;
  /** Inserts a row of `auth_user` and returns it; nothing if there can be no such account. */
  readonly insert: RawBuilder<unknown>;
  /** Further steps, each after a comma. `u` has a row if the session is opened. */
  readonly steps?: RawBuilder<unknown>;
}
