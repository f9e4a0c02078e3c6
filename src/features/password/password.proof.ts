import { sql } from 'kysely';
import { releasePlace } from '../../core/attempts/login-attempt.row.js';
import type { Proof } from '../../core/authentication/proof.js';
import type { VerifiedPassword } from '../../core/credentials/password-verification.service.js';
import { insertEvents } from '../../core/events/outbox.row.js';
import type { RecordedEvent } from '../../core/events/recorded-event.js';

export interface PasswordProofOptions {
  readonly provenAt: Date;
  /** Replaces the hash that was compared, if its cost is too low. */
  readonly rehash: string | undefined;
  /** Stored if the sign-in ends a lock, which other attempts may have caused during the comparison. */
  readonly unlocked: readonly RecordedEvent[];
}

/**
 * The proof of a correct password. Fails if the password or the address has changed since; otherwise resets the attempt
 * counter.
 */
export function passwordProof(
  { account, place }: VerifiedPassword,
  { provenAt, rehash, unlocked }: PasswordProofOptions,
): Proof {
  const endedLock = sql`exists (select from cleared where locked_until > ${provenAt})`;
  return {
    user: { id: account.userId, email: account.email },
    methods: ['pwd'],
    provenAt,
    events: [],
    account: {
      kind: 'existing',
      isFirstSignIn: !account.hasSignedIn,
      guard: sql`u.password_hash = ${account.passwordHash} and u.email = ${account.email}`,
      changes: sql`, password_hash = coalesce(${rehash ?? null}, u.password_hash)`,
      steps: sql`, ${releasePlace(place, { clearAt: provenAt, condition: sql`exists (select from u)` })},
        unlocked as (${insertEvents(unlocked, endedLock)})`,
    },
  };
}
