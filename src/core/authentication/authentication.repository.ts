import type { EntityManager } from '@mikro-orm/postgresql';
import { sql, type RawBuilder } from 'kysely';
import type { RequestOrigin } from '../../platform/http/request-origin.js';
import { insertEvents } from '../events/outbox.row.js';
import type { RecordedEvent } from '../events/recorded-event.js';
import type { UserSession } from '../sessions/session.js';
import { SESSION_COLUMNS, toSession, type SessionRow } from '../sessions/session.row.js';
import { claimsColumns, toUser, USER_COLUMNS, type UserRow } from '../users/user.row.js';
import type { Proof } from './proof.js';

/** The most devices of one user. A new one replaces the one that has not been used for the longest time. */
const MAX_DEVICES = 100;

export interface NewSession {
  readonly id: string;
  readonly handleHash: Buffer;
  readonly tokenHash: Buffer;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly absoluteExpiresAt: Date;
  readonly origin: RequestOrigin;
}

/** A known device, or a new one that becomes known with this sign-in. */
export type SignInDevice = { readonly knownId: string } | { readonly id: string; readonly tokenHash: Buffer };

export interface SignIn {
  readonly session: NewSession;
  readonly device: SignInDevice;
  readonly events: readonly RecordedEvent[];
}

/** A session that has just been opened. */
export interface StoredSession extends UserSession {
  /** An upper bound of the user's live sessions, including this one; null if they have never been counted. */
  readonly openSessions: number | null;
}

/** Opens sessions. No other code inserts into `auth_session`. */
export class AuthenticationRepository {
  /** @param claimsMetadata whether the claims hook reads the public metadata of the user */
  constructor(
    private readonly em: EntityManager,
    private readonly claimsMetadata: boolean,
  ) {}

  /**
   * Opens a session; returns `undefined` if the proof no longer holds. One statement writes the session, the device, the
   * events and the changes of the proof, or nothing. The update locks the user's row, so that concurrent sign-ins of one
   * user are counted correctly.
   */
  async open(proof: Proof, { session, device, events }: SignIn): Promise<StoredSession | undefined> {
    const { account } = proof;
    const before = account.kind === 'new' ? account.before : sql``;
    const { rows } = await sql<UserRow & SessionRow & { openSessions: number | null }>`
      with ${before}u as (${userOf(proof, session.createdAt)}),
      s as (insert into auth_session ${sessionOf(session, proof)} from u returning *),
      ${keepDevice(device, session.createdAt)},
      event as (${insertEvents([...proof.events, ...events], sql`exists (select from u)`)})
      ${account.steps ?? sql``}
      select ${USER_COLUMNS}, ${SESSION_COLUMNS}${claimsColumns(this.claimsMetadata)}, u.open_sessions as "openSessions" from u cross join s`.execute(
      this.em.getKysely(),
    );
    const [row] = rows;
    return row && { user: toUser(row), session: toSession(row), openSessions: row.openSessions };
  }
}

function userOf({ account, user }: Proof, now: Date): RawBuilder<unknown> {
  if (account.kind === 'new') return account.insert;
  return sql`
    update auth_user as u set last_login_at = ${now}, open_sessions = open_sessions + 1${account.changes ?? sql``}
    where u.id = ${user.id} and u.active and (${account.guard}) returning *`;
}

function sessionOf({ origin, ...session }: NewSession, { methods, provenAt }: Proof): RawBuilder<unknown> {
  return sql`
    (id, user_id, handle_hash, token_hash, created_at, last_used_at, expires_at, absolute_expires_at, amr,
      authenticated_at, ip_address, user_agent)
    select ${session.id}::uuid, u.id, ${session.handleHash}::bytea, ${session.tokenHash}::bytea,
      ${session.createdAt}::timestamptz, ${session.createdAt}::timestamptz, ${session.expiresAt}::timestamptz,
      ${session.absoluteExpiresAt}::timestamptz, ${methods}::text[], ${provenAt}::timestamptz, ${origin.ipAddress},
      ${origin.userAgent}`;
}

function keepDevice(device: SignInDevice, now: Date): RawBuilder<unknown> {
  if ('knownId' in device)
    return sql`device as (
      update auth_device set last_used_at = ${now} where id = ${device.knownId} and exists (select from u))`;
  return sql`device as (
      insert into auth_device (id, user_id, token_hash, created_at, last_used_at)
      select ${device.id}::uuid, u.id, ${device.tokenHash}::bytea, ${now}::timestamptz, ${now}::timestamptz from u),
    forgotten as (delete from auth_device where id in (
      select d.id from auth_device d join u on u.id = d.user_id
      order by d.last_used_at desc, d.id desc offset ${MAX_DEVICES} - 1))`;
}
