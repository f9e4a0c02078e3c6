import { sql } from 'kysely';
import { releasePlace } from '../../core/attempts/login-attempt.row.js';
import type { Proof } from '../../core/authentication/proof.js';
import type { VerifiedPassword } from '../../core/credentials/password-verification.service.js';
import { insertEvents } from '../../core/events/outbox.row.js';
import type { RecordedEvent } from '../../core/events/recorded-event.js';

export interface PasswordProofOptions {
  readonly provenAt: Date;
  /** Takes the place of the hash that was compared, if that was made with another cost. */
  readonly rehash: string | undefined;
  /** Happens if the success ends a lock: other attempts may have locked while this one was compared. */
  readonly unlocked: readonly RecordedEvent[];
}

/** A password that matched. Void if it is no longer the account's; otherwise the failures before it are forgotten. */
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
      guard: sql`u.password_hash = ${account.passwordHash}`,
      changes: sql`, password_hash = coalesce(${rehash ?? null}, u.password_hash)`,
      steps: sql`, ${releasePlace(place, { clear: true, condition: sql`exists (select from u)` })},
        unlocked as (${insertEvents(unlocked, endedLock)})`,
    },
  };
}
