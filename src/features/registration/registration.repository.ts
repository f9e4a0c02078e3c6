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
   * allowed it. Whatever the registration is refused for, the caller may be the owner, and a link that belongs to no claim
   * must not activate the password of another claimant. So if only the quota of the recipient is used up, or the
   * account has metadata, its password is removed anyway. An account that somebody has signed in to, without verification,
   * refuses the registration like a verified one and keeps its password, but the claim is stored: the password goes when
   * the owner follows a link.
   */
  async claim(registration: UnverifiedRegistration): Promise<{ origin: boolean; recipient: boolean }> {
    const { user, passwordHash, claimId } = registration;
    const isUnverified = sql`auth_user.email_verified_at is null and auth_user.active`;
    const isContested = sql`${isUnverified} and ${isUnclaimed(sql`auth_user`, user.createdAt)}`;
    // Metadata blocks further claims, but not the first one: an application may give metadata to every new account.
    const hasMetadata = sql`exists (select from auth_user_metadata m where m.user_id = auth_user.id
      and (m.public <> '{}' or m.private <> '{}'))`;
    // A link is left alone by no more than one claim, so two are enough for an account that gets no email.
    const needsClaim = sql`exists (select from recipient)
      or (select count(*) from auth_registration_claim c where c.user_id = auth_user.id) < 2`;
    const { rows } = await sql<{ origin: boolean; recipient: boolean }>`
      with ${countRequest(registration.quotas)},
      written as (${insertUser({ user, passwordHash, openSessions: 0 }, sql`exists (select from recipient)`)} do update
        set password_hash = null where ${isContested} returning id, email, ${hasMetadata} as refuses),
      u as (select id, email from written where not refuses),
      counter as (${noteAccount(sql`(select id, email from u where id = ${user.id})`)}),
      contested as (
        update auth_user set password_hash = null where email = ${user.email} and ${isContested}
          and exists (select from origin) and not exists (select from recipient)
      ),
      used as (
        select id from auth_user where email = ${user.email} and exists (select from origin) and ${isUnverified}
          and ${isUsed(sql`auth_user`, user.createdAt)} and (${needsClaim})
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
