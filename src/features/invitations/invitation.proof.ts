import { sql } from 'kysely';
import type { Proof } from '../../core/authentication/proof.js';
import type { RecordedEvent } from '../../core/events/recorded-event.js';
import { assignNameKeys } from '../../core/users/name-key.row.js';
import type { User } from '../../core/users/user.js';

export interface InvitationProofOptions {
  readonly provenAt: Date;
  readonly passwordHash: string;
  /** Replace the names that the inviter has given; null keeps them. */
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly events: readonly RecordedEvent[];
}

/** The proof of an accepted invitation. Fails if the account has a password by now. */
export function invitationProof(user: User, options: InvitationProofOptions): Proof {
  const { events, passwordHash, provenAt } = options;
  // The user's row is locked.
  const names = {
    firstName: options.firstName ?? user.firstName,
    lastName: options.lastName ?? user.lastName,
    displayName: user.displayName,
  };
  return {
    ...{ user, provenAt, events },
    methods: ['pwd'],
    account: {
      kind: 'existing',
      isFirstSignIn: true,
      guard: sql`u.password_hash is null and u.email = ${user.email}`,
      changes: sql`, password_hash = ${passwordHash}, email_verified_at = coalesce(u.email_verified_at, ${provenAt}),
        first_name = ${names.firstName}, last_name = ${names.lastName}, ${assignNameKeys(names)}`,
    },
  };
}
