import type { EntityManager } from '@mikro-orm/postgresql';
import { sql, type RawBuilder } from 'kysely';
import { insertEvents } from '../events/outbox.row.js';
import type { RecordedEvent } from '../events/recorded-event.js';
import type { RequestOrigin } from '../../platform/http/request-origin.js';
import { releasePlace, type Place } from '../attempts/login-attempt.row.js';
import { countRequest, type RequestQuotas } from '../email/email-limit.row.js';
import type { User } from '../users/user.js';
import { toUser, USER_COLUMNS, type UserRow } from '../users/user.row.js';
import type { UserSession } from '../sessions/session.js';
import { SESSION_COLUMNS, toSession, type SessionRow } from '../sessions/session.row.js';

export interface NewSession {
  readonly id: string;
  readonly handleHash: Buffer;
  readonly tokenHash: Buffer;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly absoluteExpiresAt: Date;
  readonly origin: RequestOrigin;
}

/** A device that has signed in before, or one that is made known now. */
export type SignInDevice = { readonly knownId: string } | { readonly id: string; readonly tokenHash: Buffer };

export interface SignIn {
  readonly session: NewSession;
  readonly device: SignInDevice;
  readonly events: readonly RecordedEvent[];
}

/** A user who registers, with the password and the events that follow. */
export interface Registration {
  readonly user: User;
  readonly passwordHash: string;
  readonly quotas: RequestQuotas;
  /** Happen if the account is new. */
  readonly registered: readonly RecordedEvent[];
  /** Happen if the quotas allow another email. */
  readonly emailRequested: readonly RecordedEvent[];
}

/** A registration of an address that must be verified before anybody signs in. */
export interface UnverifiedRegistration extends Registration {
  readonly claimId: string;
  /** Happen if the address is taken: its owner has verified it, or has closed the account. */
  readonly refused: readonly RecordedEvent[];
}

/** The password that was compared, and whose failures its success clears. */
export interface PasswordProof {
  readonly userId: string;
  readonly passwordHash: string;
  readonly place: Place;
  /** Takes the place of the hash that was compared, when that was made with another cost. */
  readonly rehash: string | undefined;
  /** Happens when the success ends a lock. */
  readonly unlocked: readonly RecordedEvent[];
}

/** A session that was just opened. */
export interface StoredSession extends UserSession {
  /** At least as many as the user's live sessions, this one included; null if they have never been counted. */
  readonly openSessions: number | null;
}

/** Opens sessions. Each method is one statement: session, device, counter and events are written together or not at all. */
export class SignInRepository {
  constructor(private readonly em: EntityManager) {}

  /**
   * Stores a claim on an unverified address, and opens no session. Of several claims on one address none counts before
   * its own link is followed. Returns which quotas allowed it; without both nothing is claimed. If the recipient's quota
   * refuses it, the account loses its password all the same: the caller may be the owner, and the next link must not lead
   * to the password of somebody else.
   */
  async claim(registration: UnverifiedRegistration): Promise<{ origin: boolean; recipient: boolean }> {
    const { user, passwordHash, claimId } = registration;
    const { rows } = await sql<{ origin: boolean; recipient: boolean }>`
      with ${countRequest(registration.quotas)},
      u as (${insertUser(registration, 0, sql`exists (select from recipient)`)} do update
        set password_hash = null where auth_user.email_verified_at is null and auth_user.active returning id),
      contested as (
        update auth_user set password_hash = null where email = ${user.email} and email_verified_at is null and active
          and exists (select from origin) and not exists (select from recipient)
      ),
      claim as (
        insert into auth_registration_claim (id, user_id, password_hash, first_name, last_name, created_at)
        select ${claimId}::uuid, u.id, ${passwordHash}, ${user.firstName}, ${user.lastName}, ${user.createdAt}::timestamptz
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
   * Stores a new user and the first session; returns `undefined`, and writes nothing, if the address is taken or the
   * quota of the request's origin is used up.
   */
  async register(registration: Registration, signIn: SignIn): Promise<StoredSession | undefined> {
    const { emailRequested, quotas, registered } = registration;
    const inserted = sql`${insertUser(registration, 1, sql`exists (select from origin)`)} do nothing returning *`;
    return this.open(
      inserted,
      { ...signIn, events: [...registered, ...signIn.events] },
      {
        before: sql`${countRequest(quotas)}, `,
        after: sql`, requested as (${insertEvents(emailRequested, sql`exists (select from u) and exists (select from recipient)`)})`,
      },
    );
  }

  /**
   * Opens a session if the password hash that was compared is still the account's; otherwise returns `undefined`. The
   * row lock of the update makes the count exact, however many sign-ins of the user run at once.
   */
  async signIn(password: PasswordProof, signIn: SignIn): Promise<StoredSession | undefined> {
    const now = signIn.session.createdAt;
    const user = sql`
      update auth_user set last_login_at = ${now}, open_sessions = open_sessions + 1,
        password_hash = coalesce(${password.rehash ?? null}, password_hash)
      where id = ${password.userId} and active and password_hash = ${password.passwordHash} returning *`;
    const cleared = sql`, ${releasePlace(password.place, { clear: true, condition: sql`exists (select from u)` })},
    unlocked as (${insertEvents(password.unlocked, sql`exists (select from cleared where locked_until > ${now})`)})`;
    return this.open(user, signIn, { before: sql``, after: cleared });
  }

  private async open(
    user: RawBuilder<unknown>,
    { session, device, events }: SignIn,
    more: { before: RawBuilder<unknown>; after: RawBuilder<unknown> },
  ): Promise<StoredSession | undefined> {
    const { rows } = await sql<UserRow & SessionRow & { openSessions: number | null }>`
      with ${more.before}u as (${user}),
      s as (insert into auth_session ${sessionOf(session)} from u returning *),
      device as (${keepDevice(device, session.createdAt)}),
      event as (${insertEvents(events, sql`exists (select from u)`)})
      ${more.after}
      select ${USER_COLUMNS}, ${SESSION_COLUMNS}, u.open_sessions as "openSessions" from u cross join s`.execute(
      this.em.getKysely(),
    );
    const [row] = rows;
    return row && { user: toUser(row), session: toSession(row), openSessions: row.openSessions };
  }
}

function insertUser(
  { user, passwordHash }: Registration,
  openSessions: number,
  condition: RawBuilder<unknown>,
): RawBuilder<unknown> {
  return sql`
    insert into auth_user
      (id, email, password_hash, first_name, last_name, email_verified_at, active, created_at, last_login_at,
        open_sessions)
    select ${user.id}::uuid, ${user.email}, ${passwordHash}, ${user.firstName}, ${user.lastName},
      ${user.emailVerifiedAt}::timestamptz, ${user.active}::boolean, ${user.createdAt}::timestamptz,
      ${user.lastLoginAt}::timestamptz, ${openSessions}::int
    where ${condition}
    on conflict on constraint auth_user_email_unique`;
}

function sessionOf({ origin, ...session }: NewSession): RawBuilder<unknown> {
  return sql`
    (id, user_id, handle_hash, token_hash, created_at, last_used_at, expires_at, absolute_expires_at, ip_address, user_agent)
    select ${session.id}::uuid, u.id, ${session.handleHash}::bytea, ${session.tokenHash}::bytea,
      ${session.createdAt}::timestamptz, ${session.createdAt}::timestamptz, ${session.expiresAt}::timestamptz,
      ${session.absoluteExpiresAt}::timestamptz, ${origin.ipAddress}, ${origin.userAgent}`;
}

function keepDevice(device: SignInDevice, now: Date): RawBuilder<unknown> {
  if ('knownId' in device)
    return sql`update auth_device set last_used_at = ${now} where id = ${device.knownId} and exists (select from u)`;
  return sql`
    insert into auth_device (id, user_id, token_hash, created_at, last_used_at)
    select ${device.id}::uuid, u.id, ${device.tokenHash}::bytea, ${now}::timestamptz, ${now}::timestamptz from u`;
}
