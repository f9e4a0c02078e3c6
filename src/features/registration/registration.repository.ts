import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import { noteAccount } from '../../core/attempts/login-attempt.row.js';
import { countRequest } from '../../core/email/email-limit.row.js';
import { insertEvents } from '../../core/events/outbox.row.js';
import { insertUser } from '../../core/users/new-user.row.js';
import { isUnclaimed, isUsed } from '../../core/users/unclaimed.row.js';
import type { UnverifiedRegistration } from './registration.js';

/** Stores registrations that do not open a session. */
export class RegistrationRepository {
  constructor(private readonly em: EntityManager) {}

  /**
   * Stores a claim on an unverified address. A claim has no effect before its own link is followed. Returns which quotas
   * allowed it; nothing is stored unless both did. If only the quota of the recipient is used up, the password of the
   * account is removed anyway: the caller may be the owner, and a link that belongs to no claim must not activate the
   * password of another claimant. An account that somebody has signed in to, without verification, refuses the registration
   * like a verified one and keeps its password, but the claim is stored: the password goes when the owner follows a link.
   */
  async claim(registration: UnverifiedRegistration): Promise<{ origin: boolean; recipient: boolean }> {
    const { user, passwordHash, claimId } = registration;
    const isUnverified = sql`auth_user.email_verified_at is null and auth_user.active`;
    // Metadata blocks further claims, but not the first one: an application may give metadata to every new account.
    const isOpen = sql`${isUnverified} and ${isUnclaimed(sql`auth_user`, user.createdAt)}
      and not exists (select from auth_user_metadata m where m.user_id = auth_user.id
        and (m.public <> '{}' or m.private <> '{}'))`;
    const { rows } = await sql<{ origin: boolean; recipient: boolean }>`
      with ${countRequest(registration.quotas)},
      u as (${insertUser({ user, passwordHash, openSessions: 0 }, sql`exists (select from recipient)`)} do update
        set password_hash = null where ${isOpen} returning id, email),
      counter as (${noteAccount(sql`(select id, email from u where id = ${user.id})`)}),
      contested as (
        update auth_user set password_hash = null where email = ${user.email} and ${isOpen}
          and exists (select from origin) and not exists (select from recipient)
      ),
      used as (
        select id from auth_user where email = ${user.email} and exists (select from recipient) and ${isUnverified}
          and ${isUsed(sql`auth_user`, user.createdAt)}
        for no key update
      ),
      claim as (
        insert into auth_registration_claim (id, user_id, password_hash, first_name, last_name, display_name, locale, created_at)
        select ${claimId}::uuid, u.id, ${passwordHash}, ${user.firstName}, ${user.lastName},
          ${user.displayName}, ${user.locale}, ${user.createdAt}::timestamptz
        from (select id from u union all select id from used) u
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
