import { sql } from 'kysely';
import { noteAccount } from '../../core/attempts/login-attempt.row.js';
import type { Proof } from '../../core/authentication/proof.js';
import { countEmail, countOrigin } from '../../core/email/email-limit.row.js';
import { insertEvents } from '../../core/events/outbox.row.js';
import { insertUser } from '../../core/users/new-user.row.js';
import type { Registration } from './registration.js';

/** The proof of a new account's creator. Fails if the address is taken or the quota of the request origin is used up. */
export function registrationProof({ user, passwordHash, quotas, registered, emailRequested }: Registration): Proof {
  return {
    user,
    methods: ['pwd'],
    provenAt: user.createdAt,
    events: registered,
    account: {
      kind: 'new',
      // No email is sent to an address that is taken, so none is counted.
      before: sql`${countOrigin(quotas, sql`not exists (select from auth_user where email = ${user.email})`)}, `,
      insert: sql`${insertUser({ user, passwordHash, openSessions: 1 }, sql`exists (select from origin)`)}
        do nothing returning *`,
      // A new account gets its link, even if somebody has requested links to the address before it had an account.
      steps: sql`, counter as (${noteAccount(sql`u`)}), recipient as (${countEmail(quotas.recipient, sql`exists (select from u)`)}),
        requested as (${insertEvents(emailRequested, sql`exists (select from u)`)})`,
    },
  };
}
