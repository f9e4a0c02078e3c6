import type { EntityManager } from '@mikro-orm/postgresql';
import { sql, type RawBuilder } from 'kysely';
import { insertEvents } from '../events/outbox.row.js';
import type { RecordedEvent } from '../events/recorded-event.js';
import { fromLiveSession } from '../sessions/session.row.js';
import type { SessionOwner } from '../sessions/session.js';

export interface LockoutLimits {
  readonly maxAttempts: number;
  /** Attempts of one client address, on whatever account. */
  readonly maxAttemptsPerClient: number;
  readonly now: Date;
  /** Attempts before this are forgotten. */
  readonly windowStart: Date;
  /** Until when the last allowed attempt locks. */
  readonly lockUntil: Date;
}

/** Who wants a password compared. */
export type AttemptSubject =
  | { readonly email: string; readonly deviceTokenHash: Buffer | undefined; readonly ipAddress: string | null }
  | { readonly viewer: SessionOwner };

export interface Attempt {
  /** What was counted under. Null when there is nobody to count: the viewer's session has ended. */
  readonly keyHash: Buffer | null;
  /** True when the client address has used its attempts up, so that none was taken. */
  readonly clientIsLimited: boolean;
  /** Which attempt this is since the last success; null when sign-in is locked and nothing may be compared. */
  readonly attempts: number | null;
  readonly lockedUntil: Date | null;
  readonly knownDeviceId: string | null;
  readonly account: AttemptAccount | undefined;
}

/** What a password is compared against. */
export interface AttemptAccount {
  readonly userId: string;
  readonly email: string;
  /** Null if the account has no password, which no password matches. */
  readonly passwordHash: string | null;
  readonly emailVerified: boolean;
}

interface Row {
  clientIsLimited: boolean;
  keyHash: Buffer | null;
  attempts: number | null;
  lockedUntil: string | null;
  knownDeviceId: string | null;
  userId: string | null;
  email: string;
  passwordHash: string | null;
  emailVerified: boolean;
}

/** Everything that is asked of `auth_login_attempt`. Each method is one statement. */
export class LoginAttemptRepository {
  constructor(private readonly em: EntityManager) {}

  /**
   * Takes one attempt before the password is compared, and reads what to compare against. Of any number of attempts at
   * once no more than `maxAttempts` are given; the last of them locks, and a success clears the count.
   */
  async take(subject: AttemptSubject, limits: LockoutLimits): Promise<Attempt> {
    const { now, maxAttempts, maxAttemptsPerClient } = limits;
    const deviceTokenHash = 'email' in subject ? (subject.deviceTokenHash ?? null) : null;
    const ipAddress = 'email' in subject ? subject.ipAddress : null;
    const { rows } = await sql<Row>`
      with account as (${accountOf(subject, now)}),
      device as (
        select d.id from auth_device d join account a on a.id = d.user_id where d.token_hash = ${deviceTokenHash}::bytea
      ),
      client as (select ${keyOf(sql`'client:' || ${ipAddress}::text`)} as key where ${ipAddress}::text is not null),
      client_taken as (${count(sql`client`, maxAttemptsPerClient, limits)}),
      counter as (
        select ${keyOf(sql`coalesce('device:' || (select id from device), 'address:' || subject.email)`)} as key
        from (${'email' in subject ? sql`select ${subject.email}::text as email` : sql`select email from account`}) subject
      ),
      allowed as (
        select key from counter where not exists (select from client) or exists (select from client_taken)
      ),
      taken as (${count(sql`allowed`, maxAttempts, limits)})
      select counter.key as "keyHash", taken.attempts, l.locked_until as "lockedUntil", device.id as "knownDeviceId",
        account.id as "userId", account.email, account.password_hash as "passwordHash",
        account.email_verified_at is not null as "emailVerified", allowed.key is null as "clientIsLimited"
      from (select) one left join counter on true left join allowed on true left join taken on true
        left join device on true left join account on true
        left join client on true
        left join auth_login_attempt l on l.key_hash = case when allowed.key is null then client.key else counter.key end`.execute(
      this.em.getKysely(),
    );
    const [row] = rows;
    if (!row) throw new Error('taking an attempt answered no row');
    return toAttempt(row);
  }

  /** Gives an attempt back whose password could not be compared after all. */
  async giveBack(keyHash: Buffer): Promise<void> {
    await sql`
      update auth_login_attempt set attempts = greatest(attempts - 1, 0), locked_until = null
      where key_hash = ${keyHash}`.execute(this.em.getKysely());
  }

  /** Forgets the attempts of a counter, as a right password does. */
  async clear(keyHash: Buffer): Promise<void> {
    await sql`delete from auth_login_attempt where key_hash = ${keyHash}`.execute(this.em.getKysely());
  }

  /**
   * Forgets the attempts on an address and on the known devices of its account, which count for themselves; answers
   * whether any of them had locked.
   */
  async unlock(email: string, now: Date): Promise<boolean> {
    const { rows } = await sql<{ locked: boolean }>`
      with counter as (${countersOf(email)}),
      forgotten as (
        delete from auth_login_attempt where key_hash in (select key from counter) returning locked_until
      )
      select coalesce(bool_or(locked_until > ${now}), false) as locked from forgotten`.execute(this.em.getKysely());
    return rows[0]?.locked ?? false;
  }

  /**
   * Stores the events of a lock, if a success has not ended it meanwhile; the same statement for an address without an
   * account, which has none.
   */
  async recordLock(keyHash: Buffer, now: Date, events: readonly RecordedEvent[], hasAccount: boolean): Promise<void> {
    const locked = sql`exists (select from auth_login_attempt where key_hash = ${keyHash} and locked_until > ${now})`;
    await insertEvents(events, sql`${hasAccount}::boolean and ${locked}`).execute(this.em.getKysely());
  }

  /** Until when sign-in to an address is locked, on any device; `undefined` if it is not locked. */
  async findLockedUntil(email: string, now: Date): Promise<Date | undefined> {
    const { rows } = await sql<{ lockedUntil: string }>`
      select locked_until as "lockedUntil" from auth_login_attempt
      where key_hash in (${countersOf(email)}) and locked_until > ${now}
      order by locked_until desc limit 1`.execute(this.em.getKysely());
    return rows[0] && new Date(rows[0].lockedUntil);
  }
}

/** The keys under which attempts on an address are counted: its own, and those of the known devices of its account. */
function countersOf(email: string): RawBuilder<unknown> {
  return sql`
    select ${keyOf(sql`'address:' || ${email}::text`)} as key
    union all
    select ${keyOf(sql`'device:' || d.id`)}
    from auth_device d join auth_user u on u.id = d.user_id where u.email = ${email}`;
}

function keyOf(text: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`sha256(convert_to(${text}, 'UTF8'))`;
}

/** One more attempt for every key of a source, unless it is locked; the one that reaches the limit locks. */
function count(source: RawBuilder<unknown>, maximum: number, limits: LockoutLimits): RawBuilder<unknown> {
  const { now, windowStart, lockUntil } = limits;
  const afresh = sql`(c.locked_until <= ${now} or c.last_attempt_at <= ${windowStart})`;
  const next = sql`(case when ${afresh} then 1 else c.attempts + 1 end)`;
  const lockedAt = (attempts: RawBuilder<unknown>): RawBuilder<unknown> =>
    sql`case when ${attempts} >= ${maximum}::int then ${lockUntil}::timestamptz end`;
  return sql`
    insert into auth_login_attempt as c (key_hash, attempts, last_attempt_at, locked_until)
    select key, 1, ${now}::timestamptz, ${lockedAt(sql`1`)} from ${source}
    on conflict (key_hash) do update set
      attempts = ${next}, last_attempt_at = excluded.last_attempt_at, locked_until = ${lockedAt(next)}
    where c.locked_until is null or c.locked_until <= ${now}
    returning attempts`;
}

function accountOf(subject: AttemptSubject, now: Date): RawBuilder<unknown> {
  const columns = sql`u.id, u.email, u.password_hash, u.email_verified_at`;
  if ('email' in subject) return sql`select ${columns} from auth_user u where u.email = ${subject.email} and u.active`;
  return sql`select ${columns} ${fromLiveSession(subject.viewer, now)}`;
}

function toAttempt({ userId, email, passwordHash, emailVerified, lockedUntil, ...rest }: Row): Attempt {
  return {
    ...rest,
    lockedUntil: lockedUntil === null ? null : new Date(lockedUntil),
    account: userId === null ? undefined : { userId, email, passwordHash, emailVerified },
  };
}
