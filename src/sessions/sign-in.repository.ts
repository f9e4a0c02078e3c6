import type { EntityManager } from '@mikro-orm/postgresql';
import { sql, type RawBuilder } from 'kysely';
import { insertEvents } from '../events/outbox.row.js';
import type { RecordedEvent } from '../events/recorded-event.js';
import type { Client } from '../kernel/client.js';
import type { User } from '../users/user.js';
import { toUser, USER_COLUMNS, type UserRow } from '../users/user.row.js';
import type { UserSession } from './session.js';
import { SESSION_COLUMNS, toSession, type SessionRow } from './session.row.js';

export interface NewSession {
  readonly id: string;
  readonly handleHash: Buffer;
  readonly tokenHash: Buffer;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly absoluteExpiresAt: Date;
  readonly client: Client;
}

/** A device that has signed in before, or one that is made known now. */
export type SignInDevice = { readonly knownId: string } | { readonly id: string; readonly tokenHash: Buffer };

export interface SignIn {
  readonly session: NewSession;
  readonly device: SignInDevice;
  readonly events: readonly RecordedEvent[];
}

/** The password that was compared, and what its success clears. */
export interface VerifiedPassword {
  readonly userId: string;
  readonly passwordHash: string;
  readonly attemptKey: Buffer;
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

  /** Stores a new user and opens no session; answers undefined, and writes nothing, when the address is taken. */
  async insertUser(user: User, passwordHash: string, events: readonly RecordedEvent[]): Promise<User | undefined> {
    const { rows } = await sql<UserRow>`
      with u as (${insertUser(user, passwordHash, 0)}),
      event as (${insertEvents(events, sql`exists (select from u)`)})
      select ${USER_COLUMNS} from u`.execute(this.em.getKysely());
    return rows[0] && toUser(rows[0]);
  }

  /** Stores a new user and the first session; answers undefined, and writes nothing, when the address is taken. */
  async register(user: User, passwordHash: string, signIn: SignIn): Promise<StoredSession | undefined> {
    return this.open(insertUser(user, passwordHash, 1), signIn, sql``);
  }

  /**
   * Opens a session if the password hash that was compared is still the account's; otherwise answers undefined. The row
   * lock of the update makes the count exact, however many sign-ins of the user run at once.
   */
  async signIn(password: VerifiedPassword, signIn: SignIn): Promise<StoredSession | undefined> {
    const now = signIn.session.createdAt;
    const user = sql`
      update auth_user set last_login_at = ${now}, open_sessions = open_sessions + 1,
        password_hash = coalesce(${password.rehash ?? null}, password_hash)
      where id = ${password.userId} and active and password_hash = ${password.passwordHash} returning *`;
    const cleared = sql`, cleared as (
      delete from auth_login_attempt where key_hash = ${password.attemptKey} and exists (select from u)
      returning locked_until
    ), unlocked as (${insertEvents(password.unlocked, sql`exists (select from cleared where locked_until > ${now})`)})`;
    return this.open(user, signIn, cleared);
  }

  private async open(
    user: RawBuilder<unknown>,
    { session, device, events }: SignIn,
    more: RawBuilder<unknown>,
  ): Promise<StoredSession | undefined> {
    const { rows } = await sql<UserRow & SessionRow & { openSessions: number | null }>`
      with u as (${user}),
      s as (insert into auth_session ${sessionOf(session)} from u returning *),
      device as (${keepDevice(device, session.createdAt)}),
      event as (${insertEvents(events, sql`exists (select from u)`)})
      ${more}
      select ${USER_COLUMNS}, ${SESSION_COLUMNS}, u.open_sessions as "openSessions" from u cross join s`.execute(
      this.em.getKysely(),
    );
    const [row] = rows;
    return row && { user: toUser(row), session: toSession(row), openSessions: row.openSessions };
  }
}

function insertUser(user: User, passwordHash: string, openSessions: number): RawBuilder<unknown> {
  return sql`
    insert into auth_user
      (id, email, password_hash, first_name, last_name, email_verified_at, active, created_at, last_login_at,
        open_sessions)
    values (${user.id}, ${user.email}, ${passwordHash}, ${user.firstName}, ${user.lastName},
      ${user.emailVerifiedAt}, ${user.active}, ${user.createdAt}, ${user.lastLoginAt},
      ${openSessions})
    on conflict on constraint auth_user_email_unique do nothing returning *`;
}

function sessionOf({ client, ...session }: NewSession): RawBuilder<unknown> {
  return sql`
    (id, user_id, handle_hash, token_hash, created_at, last_used_at, expires_at, absolute_expires_at, ip_address, user_agent)
    select ${session.id}::uuid, u.id, ${session.handleHash}::bytea, ${session.tokenHash}::bytea,
      ${session.createdAt}::timestamptz, ${session.createdAt}::timestamptz, ${session.expiresAt}::timestamptz,
      ${session.absoluteExpiresAt}::timestamptz, ${client.ipAddress}, ${client.userAgent}`;
}

function keepDevice(device: SignInDevice, now: Date): RawBuilder<unknown> {
  if ('knownId' in device)
    return sql`update auth_device set last_used_at = ${now} where id = ${device.knownId} and exists (select from u)`;
  return sql`
    insert into auth_device (id, user_id, token_hash, created_at, last_used_at)
    select ${device.id}::uuid, u.id, ${device.tokenHash}::bytea, ${now}::timestamptz, ${now}::timestamptz from u`;
}
