import { sql } from 'kysely';
import type { SessionOwner } from '../../core/sessions/session.js';
import { isLive } from '../../core/sessions/session.row.js';
import type { User } from '../../core/users/user.js';
import { toUser, USER_COLUMNS, type UserRow } from '../../core/users/user.row.js';
import { statement, type NonEmpty, type StatementRunner } from '../../platform/database/statement.js';

/** Requests that share one statement for users: each may ask for a thousand. */
const MAX_USER_LOOKUPS = 10;

/** The ids are UUIDs: a malformed one would make the statement fail for all requests that share it. */
export interface OwnerLookup {
  readonly viewer: SessionOwner;
  readonly now: Date;
}

export interface UsersLookup {
  /** UUIDs in lower case. */
  readonly ids: readonly string[];
  readonly viewer: SessionOwner | undefined;
  readonly now: Date;
}

/** The users that were found, and whether the session of the viewer is live; `false` if no user was found. */
export interface FoundUsers {
  readonly users: ReadonlyMap<string, User>;
  readonly viewerIsLive: boolean;
}

interface Viewers {
  readonly sessionIds: readonly (string | null)[];
  readonly userIds: readonly (string | null)[];
  readonly now: Date;
}

/**
 * The `from` and `where` clauses for the live sessions of viewers: `asked` with their positions, `auth_session s`,
 * `auth_user u`. The limits make the server look up each session and user by its id, whatever the size of the tables.
 */
const fromLiveSessions = ({ sessionIds, userIds, now }: Viewers) => sql`
  from unnest(${sessionIds}::uuid[], ${userIds}::uuid[]) with ordinality as asked (session_id, user_id, position)
  cross join lateral (select * from auth_session where id = asked.session_id limit 1) s
  cross join lateral (select * from auth_user where id = s.user_id limit 1) u
  where s.user_id = asked.user_id and ${isLive(now)} and u.active`;

const FIND_OWNERS = statement<UserRow & { position: string }, Viewers>(
  (viewers) => sql`select asked.position, ${USER_COLUMNS} ${fromLiveSessions(viewers)}`,
);

const FIND_USERS = statement<UserRow & { livePositions: string | null }, Viewers & { ids: readonly string[] }>(
  (values) => sql`
    with live as materialized (select string_agg(asked.position::text, ',') as positions ${fromLiveSessions(values)})
    select ${USER_COLUMNS}, live.positions as "livePositions"
    from auth_user u cross join live where u.id = any(${values.ids}::uuid[])`,
);

/** Reads users and checks that the sessions of viewers are live. Lookups of one turn of the event loop share a statement. */
export class ProfileRepository {
  /** Returns the owner of a session, or null if the session has ended or the account is inactive. */
  readonly findOwner: (lookup: OwnerLookup) => Promise<User | null>;
  /** Returns the users with these ids, and whether the viewer's own session is live. */
  readonly findUsers: (lookup: UsersLookup) => Promise<FoundUsers>;

  constructor(private readonly statements: StatementRunner) {
    this.findOwner = statements.gather('ProfileRepository.findOwner', (lookups: NonEmpty<OwnerLookup>) =>
      this.findAllOwners(lookups),
    );
    this.findUsers = statements.gather(
      'ProfileRepository.findUsers',
      (lookups: NonEmpty<UsersLookup>) => this.findAllUsers(lookups),
      MAX_USER_LOOKUPS,
    );
  }

  private async findAllOwners(lookups: NonEmpty<OwnerLookup>): Promise<(User | null)[]> {
    const rows = await this.statements.rows(FIND_OWNERS, viewersOf(lookups));
    const owners = new Array<User | null>(lookups.length).fill(null);
    for (const row of rows) owners[Number(row.position) - 1] = toUser(row);
    return owners;
  }

  private async findAllUsers(lookups: NonEmpty<UsersLookup>): Promise<FoundUsers[]> {
    const ids = [...new Set(lookups.flatMap((lookup) => lookup.ids))];
    const rows = await this.statements.rows(FIND_USERS, { ids, ...viewersOf(lookups) });
    const found = new Map(rows.map((row) => [row.userId, toUser(row)]));
    const live = new Set(rows[0]?.livePositions?.split(','));
    return lookups.map((lookup, index) => ({
      users: lookups.length === 1 ? found : pick(found, lookup.ids),
      viewerIsLive: live.has(String(index + 1)),
    }));
  }
}

/** Lookups of one batch are made within milliseconds, and share the time of the first. */
function viewersOf(lookups: NonEmpty<{ readonly viewer: SessionOwner | undefined; readonly now: Date }>): Viewers {
  const [{ now }] = lookups;
  return {
    sessionIds: lookups.map(({ viewer }) => viewer?.sessionId ?? null),
    userIds: lookups.map(({ viewer }) => viewer?.userId ?? null),
    now,
  };
}

function pick(users: ReadonlyMap<string, User>, ids: readonly string[]): Map<string, User> {
  return new Map(ids.flatMap((id) => users.get(id) ?? []).map((user) => [user.id, user]));
}
