import { sql } from 'kysely';
import type { SessionOwner } from '../../core/sessions/session.js';
import { fromLiveSession, isLive } from '../../core/sessions/session.row.js';
import type { User } from '../../core/users/user.js';
import { toUser, USER_COLUMNS, type UserRow } from '../../core/users/user.row.js';
import { statement, type NonEmpty, type StatementRunner } from '../../platform/database/statement.js';

interface OwnerLookup {
  readonly viewer: SessionOwner;
  readonly now: Date;
}

interface OwnersQuery {
  readonly sessionIds: readonly string[];
  readonly userIds: readonly string[];
  readonly now: Date;
}

/** The limit makes the server look up each session by its id, not by its user. */
const FIND_OWNERS = statement<UserRow & { position: string }, OwnersQuery>(
  ({ sessionIds, userIds, now }) => sql`
    select asked.position, ${USER_COLUMNS}
    from unnest(${sessionIds}::uuid[], ${userIds}::uuid[]) with ordinality as asked (session_id, user_id, position)
    cross join lateral (select * from auth_session where id = asked.session_id limit 1) s
    join auth_user u on u.id = s.user_id
    where s.user_id = asked.user_id and ${isLive(now)} and u.active`,
);

interface UsersQuery {
  readonly ids: readonly string[];
  readonly sessionId: string | null;
  readonly userId: string | null;
  readonly now: Date;
}

const FIND_BY_IDS = statement<UserRow & { viewerIsLive: boolean }, UsersQuery>(
  ({ ids, sessionId, userId, now }) => sql`
    select ${USER_COLUMNS}, exists (select ${fromLiveSession({ sessionId, userId }, now)}) as "viewerIsLive"
    from auth_user u where u.id = any(${ids}::uuid[])`,
);

/** Reads users and checks that the sessions of viewers are live, with one statement for each method. Lookups of owners are gathered. */
export class ProfileRepository {
  /** Returns the owner of a session, or null if the session has ended or the account is inactive. */
  readonly findOwner: (lookup: OwnerLookup) => Promise<User | null>;

  constructor(private readonly statements: StatementRunner) {
    this.findOwner = statements.gather((lookups: NonEmpty<OwnerLookup>) => this.findOwners(lookups));
  }

  private async findOwners(lookups: NonEmpty<OwnerLookup>): Promise<(User | null)[]> {
    // Lookups of one batch are made within milliseconds.
    const [{ now }] = lookups;
    const rows = await this.statements.rows(FIND_OWNERS, {
      sessionIds: lookups.map(({ viewer }) => viewer.sessionId),
      userIds: lookups.map(({ viewer }) => viewer.userId),
      now,
    });
    const owners = new Array<User | null>(lookups.length).fill(null);
    for (const row of rows) owners[Number(row.position) - 1] = toUser(row);
    return owners;
  }

  /** Returns the users with these ids, in no particular order, and whether the viewer's own session is live. */
  async findByIds(
    ids: readonly string[],
    viewer: SessionOwner | undefined,
    now: Date,
  ): Promise<{ users: User[]; viewerIsLive: boolean }> {
    const { sessionId = null, userId = null } = viewer ?? {};
    const rows = await this.statements.rows(FIND_BY_IDS, { ids, sessionId, userId, now });
    return { users: rows.map(toUser), viewerIsLive: rows[0]?.viewerIsLive ?? false };
  }
}
