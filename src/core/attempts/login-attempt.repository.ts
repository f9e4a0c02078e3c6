import type { EntityManager } from '@mikro-orm/postgresql';
import { sql, type RawBuilder } from 'kysely';
import { insertEvents } from '../events/outbox.row.js';
import type { RecordedEvent } from '../events/recorded-event.js';
import { fromLiveSession } from '../sessions/session.row.js';
import type { SessionOwner } from '../sessions/session.js';
import {
  countersOf,
  failAttempt,
  forgetAttempts,
  keyOf,
  livePlaces,
  noteMove,
  releasePlace,
  takePlace,
  type AttemptTimes,
  type Place,
} from './login-attempt.row.js';
import { onlyRow } from '../../platform/database/only-row.js';

export interface LockoutLimits extends AttemptTimes {
  readonly maxAttempts: number;
  /** The maximum number of failures of one client address, across all accounts. */
  readonly maxAttemptsPerClient: number;
}

/** Whose password is compared: that of an address, or of a signed-in viewer. */
export type AttemptSubject =
  { readonly email: string; readonly deviceTokenHash: Buffer | undefined } | { readonly viewer: SessionOwner };

export interface Attempt {
  /** Null if the viewer's session has ended, so that there is nothing to count. */
  readonly place: Place | null;
  /** The limit that is reached, so that nothing may be compared; null if the place was granted. */
  readonly refusedBy: 'client' | 'counter' | null;
  /** When that lock ends; null if the limit is filled by running comparisons. */
  readonly lockedUntil: Date | null;
  /** When the earliest of the running comparisons loses its place. */
  readonly firstPlaceUntil: Date | null;
  readonly knownDeviceId: string | null;
  readonly account: AttemptAccount | undefined;
}

/** The account that a password is compared against. */
export interface AttemptAccount {
  readonly userId: string;
  readonly email: string;
  /** Null if the account has no password; then no password matches. */
  readonly passwordHash: string | null;
  readonly emailVerified: boolean;
  readonly hasSignedIn: boolean;
}

/** A wrong password. */
export interface FailedAttempt {
  readonly place: Place;
  /** Null if the address had no active account. */
  readonly userId: string | null;
  readonly email: string;
}

interface Row {
  counterKey: Buffer | null;
  clientKey: Buffer | null;
  refusedBy: 'client' | 'counter' | null;
  lockedUntil: string | null;
  firstPlaceUntil: string | null;
  knownDeviceId: string | null;
  userId: string | null;
  email: string;
  passwordHash: string | null;
  emailVerified: boolean;
  hasSignedIn: boolean;
}

/** All statements on `auth_login_attempt`, one for each method. */
export class LoginAttemptRepository {
  constructor(private readonly em: EntityManager) {}

  /**
   * Takes a place before the password is compared, and reads the hash to compare it with. However many attempts run at
   * once, at most `maxAttempts` of them fail or are being compared.
   * @param network the client address, if client addresses are limited
   */
  async take(subject: AttemptSubject, network: string | undefined, limits: LockoutLimits): Promise<Attempt> {
    const { maxAttempts, maxAttemptsPerClient, now, placeUntil } = limits;
    const deviceTokenHash = 'email' in subject ? (subject.deviceTokenHash ?? null) : null;
    const isCounted = 'email' in subject ? sql`true` : sql`exists (select from account)`;
    const { rows } = await sql<Row>`
      with account as (${accountOf(subject, now)}),
      device as (
        select d.id from auth_device d join account a on a.id = d.user_id where d.token_hash = ${deviceTokenHash}::bytea
      ),
      client as (
        select ${keyOf(sql`'client:' || ${network ?? null}::text`)} as key
        where ${network ?? null}::text is not null and ${isCounted}
      ),
      client_taken as (${takePlace(sql`client`, maxAttemptsPerClient, limits)}),
      counter as (
        select ${keyOf(sql`coalesce('device:' || (select id from device), 'address:' || subject.email)`)} as key
        from (${'email' in subject ? sql`select ${subject.email}::text as email` : sql`select email from account`}) subject
      ),
      allowed as (
        select key from counter where not exists (select from client) or exists (select from client_taken where granted)
      ),
      taken as (${takePlace(sql`allowed`, maxAttempts, limits)})
      select counter.key as "counterKey", client.key as "clientKey",
        case when allowed.key is null then 'client' when taken.granted is not true then 'counter' end as "refusedBy",
        c.locked_until as "lockedUntil", (select min(place) from (${livePlaces(now, placeUntil)}) p) as "firstPlaceUntil",
        device.id as "knownDeviceId", account.id as "userId", account.email, account.password_hash as "passwordHash",
        account.email_verified_at is not null as "emailVerified", account.last_login_at is not null as "hasSignedIn"
      from (select) one left join counter on true left join allowed on true left join taken on true
        left join device on true left join account on true
        left join client on true
        left join auth_login_attempt c on c.key_hash = case when allowed.key is null then client.key else counter.key end`.execute(
      this.em.getKysely(),
    );
    return toAttempt(onlyRow(rows), placeUntil);
  }

  /** Releases a place whose password was not compared, and stores the events. */
  async release(place: Place, events: readonly RecordedEvent[]): Promise<void> {
    await sql`with ${releasePlace(place, { clearAt: null, condition: sql`true` })}
      ${insertEvents(events, sql`true`)}`.execute(this.em.getKysely());
  }

  /** Resets the failures of a counter, as a successful sign-in does, and stores the events. */
  async clear(place: Place, clearAt: Date, events: readonly RecordedEvent[] = []): Promise<void> {
    await sql`with ${releasePlace(place, { clearAt, condition: sql`true` })}
      ${insertEvents(events, sql`true`)}`.execute(this.em.getKysely());
  }

  /**
   * Counts a wrong password and stores the events; the events of a lock only if this failure caused it. An address
   * without an account has no events but runs the same statement.
   */
  async fail(
    { place, userId, email }: FailedAttempt,
    limits: LockoutLimits,
    events: { readonly failed: readonly RecordedEvent[]; readonly locked: readonly RecordedEvent[] },
  ): Promise<void> {
    const { clientKey, counterKey } = place;
    const { maxAttempts, maxAttemptsPerClient } = limits;
    const client = sql`(select ${clientKey}::bytea as key where ${clientKey}::bytea is not null) client`;
    const counter = sql`(select ${counterKey}::bytea as key where (select count(*) from client_failed) >= 0) counter`;
    // The address may have an account that is inactive, or that was created during the comparison.
    const account = sql`coalesce((select id from auth_user where email = ${email}), ${userId}::uuid)`;
    await sql`
      with client_failed as (${failAttempt(client, maxAttemptsPerClient, { place, userId: sql`null::uuid`, isRun: false }, limits)}),
      failed as (${failAttempt(counter, maxAttempts, { place, userId: account, isRun: true }, limits)}),
      lock_event as (${insertEvents(events.locked, sql`exists (select from failed where attempts = ${maxAttempts}::int)`)})
      ${insertEvents(events.failed, sql`true`)}`.execute(this.em.getKysely());
  }

  /**
   * Resets the attempts on an address and on the known devices of its account, which have their own counters. Returns
   * whether any of them was locked.
   */
  async unlock(email: string, now: Date): Promise<boolean> {
    const { rows } = await sql<{ locked: boolean }>`
      with ${forgetAttempts(sql`${email}::text`)}
      select coalesce(bool_or(locked_until > ${now}), false) as locked from forgotten`.execute(this.em.getKysely());
    return rows[0]?.locked ?? false;
  }

  /**
   * Locks the address and the known devices of a user, and stores the events. Locks the rows in the order of their keys.
   * Returns false if the user is inactive or has another address; then nothing is locked. The caller must have locked the
   * user's row, so that no device of an earlier sign-in is left out.
   */
  async lock(
    { id, email }: { readonly id: string; readonly email: string },
    until: Date,
    now: Date,
    events: readonly RecordedEvent[],
  ): Promise<boolean> {
    const { rows } = await sql<{ isLocked: boolean }>`
      with owner as (select id from auth_user where id = ${id} and email = ${email} and active),
      locked as (
        insert into auth_login_attempt as c (key_hash, attempts, last_attempt_at, locked_until, user_id)
        select key, 0, ${now}::timestamptz, ${until}::timestamptz, owner.id
        from owner cross join (${countersOf(sql`${email}::text`)}) counter order by key
        on conflict (key_hash) do update set attempts = 0, locked_until = excluded.locked_until,
          last_attempt_at = ${now}, user_id = excluded.user_id
      ),
      event as (${insertEvents(events, sql`exists (select from owner)`)})
      select exists (select from owner) as "isLocked"`.execute(this.em.getKysely());
    return onlyRow(rows).isLocked;
  }

  /** Notes in the counter of an address that a user has moved to it. A lock by an operator moves along. */
  async noteMove(
    { id, email }: { readonly id: string; readonly email: string },
    from: string,
    now: Date,
  ): Promise<void> {
    const moved = sql`(select ${id}::uuid as id, ${email}::text as email, ${from}::text as previous_email)`;
    await sql`with ${noteMove(moved, now)} select`.execute(this.em.getKysely());
  }

  /** Returns when the lockout of an address ends, on any device, or `undefined` if it is not locked. */
  async findLockedUntil(email: string, now: Date): Promise<Date | undefined> {
    const { rows } = await sql<{ lockedUntil: string }>`
      select locked_until as "lockedUntil" from auth_login_attempt
      where key_hash in (${countersOf(sql`${email}::text`)}) and locked_until > ${now}
      order by locked_until desc limit 1`.execute(this.em.getKysely());
    return rows[0] && new Date(rows[0].lockedUntil);
  }
}

function accountOf(subject: AttemptSubject, now: Date): RawBuilder<unknown> {
  const columns = sql`u.id, u.email, u.password_hash, u.email_verified_at, u.last_login_at`;
  if ('email' in subject) return sql`select ${columns} from auth_user u where u.email = ${subject.email} and u.active`;
  return sql`select ${columns} ${fromLiveSession(subject.viewer, now)}`;
}

function toAttempt(row: Row, until: Date): Attempt {
  const { counterKey, clientKey, refusedBy, lockedUntil, firstPlaceUntil, knownDeviceId, userId, ...account } = row;
  return {
    place: counterKey && {
      counterKey: refusedBy === null ? counterKey : null,
      clientKey: refusedBy === 'client' ? null : clientKey,
      until,
    },
    refusedBy,
    lockedUntil: lockedUntil === null ? null : new Date(lockedUntil),
    firstPlaceUntil: firstPlaceUntil === null ? null : new Date(firstPlaceUntil),
    knownDeviceId,
    account: userId === null ? undefined : { userId, ...account },
  };
}
