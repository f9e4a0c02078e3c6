import type { EntityManager } from '@mikro-orm/postgresql';
import { sql, type RawBuilder } from 'kysely';
import { countRequest } from '../../core/email/email-limit.row.js';
import { insertEvents } from '../../core/events/outbox.row.js';
import { insertUser } from '../../core/users/new-user.row.js';
import type { UnverifiedRegistration } from './registration.js';

/**
 * Operators have given the account nothing, and invited nobody to it. Otherwise a stranger's registration could become the
 * password of an account with roles.
 */
function isUnclaimed(now: Date): RawBuilder<boolean> {
  return sql`auth_user.roles = '{}' and not exists (
    select from auth_one_time_token t where t.user_id = auth_user.id and t.purpose = 'INVITATION'
      and t.consumed_at is null and t.expires_at > ${now}::timestamptz)`;
}

/** Stores registrations that do not open a session. */
export class RegistrationRepository {
  constructor(private readonly em: EntityManager) {}

  /**
   * Stores a claim on an unverified address. A claim has no effect before its own link is followed. Returns which quotas
   * allowed it; nothing is stored unless both did. If only the quota of the recipient is used up, the password of the
   * account is removed anyway: the caller may be the owner, and following an earlier link must not activate the password of
   * another claimant.
   */
  async claim(registration: UnverifiedRegistration): Promise<{ origin: boolean; recipient: boolean }> {
    const { user, passwordHash, claimId } = registration;
    const { rows } = await sql<{ origin: boolean; recipient: boolean }>`
      with ${countRequest(registration.quotas)},
      u as (${insertUser({ user, passwordHash, openSessions: 0 }, sql`exists (select from recipient)`)} do update
        set password_hash = null where auth_user.email_verified_at is null and auth_user.active and ${isUnclaimed(user.createdAt)}
        returning id),
      contested as (
        update auth_user set password_hash = null where email = ${user.email} and email_verified_at is null and active and ${isUnclaimed(user.createdAt)}
          and exists (select from origin) and not exists (select from recipient)
      ),
      claim as (
        insert into auth_registration_claim (id, user_id, password_hash, first_name, last_name, display_name, locale, created_at)
        select ${claimId}::uuid, u.id, ${passwordHash}, ${user.firstName}, ${user.lastName},
          ${user.displayName}, ${user.locale}, ${user.createdAt}::timestamptz
        from u
      ),
      registered as (${insertEvents(registration.registered, sql`exists (select from u where id = ${user.id})`)}),
      requested as (${insertEvents(registration.emailRequested, sql`exists (select from u)`)}),
      refused as (${insertEvents(registration.refused, sql`exists (select from recipient) and not exists (select from u)`)})
      select exists (select from origin) as origin, exists (select from recipient) as recipient`.execute(
      this.em.getKysely(),
    );
    return rows[0] ?? { origin: false, recipient: false };
  }
}
