import type { EntityManager } from '@mikro-orm/postgresql';
import { sql, type RawBuilder } from 'kysely';
import { insertEventForEach, insertEventsFrom } from '../../core/events/outbox.row.js';
import type { RecordedEvent } from '../../core/events/recorded-event.js';
import { isLive, revokedBy } from '../../core/sessions/session.row.js';
import { staleUntilNow } from '../../core/users/stale-tokens.row.js';
import { toUser, USER_COLUMNS, type UserRow } from '../../core/users/user.row.js';
import type { User } from '../../core/users/user.js';

/** How an account is named. */
export type ClosingName = { readonly id: string } | { readonly email: string };

/** When an account was closed, and when it is erased. */
export interface ClosingTimes {
  readonly closedAt: Date;
  readonly eraseAfter: Date;
}

/** The events of a closing: of the account, and of each session that ends. */
export interface ClosingEvents {
  readonly closed: RecordedEvent;
  readonly sessionEnded: RecordedEvent;
}

interface TimesRow {
  closedAt: string;
  eraseAfter: string;
}

const TIMES = sql`u.closed_at as "closedAt", u.erase_after as "eraseAfter"`;

/** Closes accounts. */
export class AccountClosingRepository {
  constructor(private readonly em: EntityManager) {}

  /** Returns the id of an account, active or not. */
  async findId(name: ClosingName): Promise<string | undefined> {
    const isNamed = 'id' in name ? sql`u.id = ${name.id}::uuid` : sql`u.email = ${name.email}`;
    const { rows } = await sql<{ id: string }>`select u.id from auth_user u where ${isNamed}`.execute(
      this.em.getKysely(),
    );
    return rows[0]?.id;
  }

  /** Returns a closed account. */
  async findClosed(userId: string): Promise<(ClosingTimes & { readonly user: User }) | undefined> {
    const { rows } = await sql<UserRow & TimesRow>`
      select ${USER_COLUMNS}, ${TIMES} from auth_user u where u.id = ${userId} and u.closed_at is not null`.execute(
      this.em.getKysely(),
    );
    return rows[0] && { user: toUser(rows[0]), ...toTimes(rows[0]) };
  }

  /** Closes an account, and ends its sessions and one-time tokens. Returns false if it is closed already or is gone. */
  async close(userId: string, { closedAt, eraseAfter }: ClosingTimes, events: ClosingEvents): Promise<boolean> {
    const { rows } = await sql`
      with changed as (
        update auth_user u set active = false, closed_at = ${closedAt}, erase_after = ${eraseAfter},
          tokens_not_before = ${staleUntilNow(closedAt)}
        where u.id = ${userId} and u.closed_at is null returning u.id, u.email
      ), ${endEverything(closedAt, events)}
      select id from changed`.execute(this.em.getKysely());
    return rows.length > 0;
  }
}

/**
 * Statement steps that end the sessions and one-time tokens of the account in `changed`, and record its events. They lock
 * the sessions in the order of their ids, so that they never deadlock.
 */
function endEverything(now: Date, { closed, sessionEnded }: ClosingEvents): RawBuilder<unknown> {
  return sql`chosen as (
    select s.id from auth_session s join changed on changed.id = s.user_id where ${isLive(now)}
    order by s.id for update of s
  ), revoked as (
    update auth_session as s set ${revokedBy('ACCOUNT_CLOSED', now)} from chosen where s.id = chosen.id returning s.id
  ), consumed as (
    update auth_one_time_token t set consumed_at = ${now} from changed
    where t.user_id = changed.id and t.consumed_at is null
  ), event as (${insertEventsFrom(sql`changed`, [closed], sql`jsonb_build_object('email', changed.email)`)}),
  ended as (${insertEventForEach(sql`revoked`, sessionEnded, sql`jsonb_build_object('sessionId', revoked.id)`)})`;
}

function toTimes({ closedAt, eraseAfter }: TimesRow): ClosingTimes {
  return { closedAt: new Date(closedAt), eraseAfter: new Date(eraseAfter) };
}
