import type { EntityManager } from '@mikro-orm/postgresql';
import { sql, type RawBuilder } from 'kysely';
import { noteAccount } from '../../core/attempts/login-attempt.row.js';
import { countRequest } from '../../core/email/email-limit.row.js';
import { insertEvents } from '../../core/events/outbox.row.js';
import { insertUser } from '../../core/users/new-user.row.js';
import { forgetUnprovenNames, isUnclaimed } from '../../core/users/unclaimed.row.js';
import type { User } from '../../core/users/user.js';
import type { UnverifiedRegistration } from './registration.js';

/** Stores registrations that do not open a session. */
export class RegistrationRepository {
  constructor(private readonly em: EntityManager) {}

  /**
   * Stores a claim on an unverified address. A claim has no effect before its own link is followed. Returns which quotas
   * allowed it; nothing is stored unless both did. An account that is there already is contested from then on, whether or
   * not it accepts the claim.
   */
  async claim(registration: UnverifiedRegistration): Promise<{ origin: boolean; recipient: boolean }> {
    const { user, passwordHash, claimId } = registration;
    const isOpen = isUnclaimed(sql`auth_user`, user.createdAt);
    // Metadata blocks further claims, but not the first one: an application may give metadata to every new account.
    const hasMetadata = sql`exists (select from auth_user_metadata m where m.user_id = auth_user.id
      and (m.public <> '{}' or m.private <> '{}'))`;
    const { rows } = await sql<{ origin: boolean; recipient: boolean }>`
      with ${countRequest(registration.quotas)},
      written as (${insertUser({ user, passwordHash, openSessions: 0 }, sql`exists (select from recipient)`)} do update
        set ${contest(user.createdAt)} where auth_user.email_verified_at is null and auth_user.active and ${isOpen}
        returning id, email, ${hasMetadata} as refuses),
      u as (select id, email from written where not refuses),
      counter as (${noteAccount(sql`(select id, email from u where id = ${user.id})`)}),
      contested as (
        update auth_user set ${contest(user.createdAt)} where ${isContestable(user)}
          and exists (select from recipient) and not exists (select from written)
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

  /**
   * Contests an account whose address is unverified, for a registration that was refused: the caller may be its owner. A
   * link that belongs to no claim then leaves the account without password. A password that nobody has used is removed at
   * once, with its names. A separate statement also sees an account that has just been created.
   */
  async contest(user: Pick<User, 'email' | 'createdAt'>): Promise<void> {
    await sql`update auth_user set ${contest(user.createdAt)} where ${isContestable(user)}`.execute(
      this.em.getKysely(),
    );
  }
}

function contest(now: Date): RawBuilder<unknown> {
  const isOpen = isUnclaimed(sql`auth_user`, now);
  return sql`contested = true, password_hash = case when ${isOpen} then null else auth_user.password_hash end,
    ${forgetUnprovenNames(sql`auth_user`, isOpen)}`;
}

function isContestable({ email }: Pick<User, 'email'>): RawBuilder<boolean> {
  return sql`email = ${email} and email_verified_at is null and open_to_claims
    and (not contested or password_hash is not null)`;
}
