import type { Client } from 'pg';

/** A generated user with an open session and a known device. */
export interface Person {
  readonly userId: string;
  readonly sessionId: string;
  readonly email: string;
  readonly deviceToken: string;
  /** The current one: whoever refreshes replaces it. */
  refreshToken: string;
}

const BATCH = 500_000;
const DAY = `interval '1 day'`;

const bytesOf = (what: string, n: string): string => `sha256(convert_to('${what} ' || ${n}, 'UTF8'))`;
const base64url = (bytes: string): string => `rtrim(translate(encode(${bytes}, 'base64'), '+/', '-_'), '=')`;
const hashOf = (kind: string, text: string): string => `sha256(convert_to('${kind}:' || ${text}, 'UTF8'))`;

/** A UUID version 7 whose random part is derived from `n`. */
function idOf(what: string, n: string, at: string): string {
  const random = `encode(${bytesOf(what, n)}, 'hex')`;
  const time = `lpad(to_hex((extract(epoch from ${at}) * 1000)::bigint), 12, '0')`;
  return `(${time} || '7' || substr(${random}, 1, 3) || 'a' || substr(${random}, 4, 15))::uuid`;
}

/** Users registered over a year, in the order of their numbers. */
const userId = (n: string): string => idOf('user', n, registeredAt(n));
const registeredAt = (n: string): string => `($1::timestamptz - 365 * ${DAY} * (1 - ${n}::float8 / $2::int))`;
/** Sessions were opened over two months, in an order that has nothing to do with that of their users. */
const openedAt = `($1::timestamptz - 60 * ${DAY} * (1 - n::float8 / $2::int))`;
const usedAt = `greatest(${openedAt}, $1::timestamptz - ${DAY} * (get_byte(${bytesOf('use', 'n')}, 0) / 256.0))`;
const ownerOf = (users: string): string => `((n::bigint * 7919) % ${users})::int`;
const handle = base64url(`substr(${bytesOf('handle', 'n')}, 1, 16)`);
const refreshToken = `(${handle} || '.' || ${base64url(bytesOf('secret', 'n'))})`;
const deviceToken = (n: string): string => base64url(bytesOf('device', n));

const emailOf = (n: string): string =>
  `(substr(encode(${bytesOf('name', n)}, 'hex'), 1, 12) || '.' || ${n} || '@example.com')`;

const USERS = `
  insert into auth_user (id, email, password_hash, first_name, last_name, name_key, sort_name_key, email_verified_at, active,
    created_at, last_login_at, roles, open_sessions)
  select ${userId('n')}, ${emailOf('n')}, $5,
    first, last, case when first is not null then lower(concat_ws(' ', first, last)) end,
    case when last is not null then lower(concat_ws(' ', last, first)) end,
    case when n % 1000 <> 7 then ${registeredAt('n')} end, true, ${registeredAt('n')}, ${registeredAt('n')},
    case when n % 10000 = 3 then array['editor'] else '{}' end, 1
  from generate_series($3::int, $4::int) n cross join lateral (select
    (array['Ada', 'Grace', 'Barbara', 'Katherine', 'Edsger', 'Donald', null])[1 + n % 7] as first,
    (array['Lovelace', 'Hopper', 'Liskov', 'Johnson', 'Dijkstra', null])[1 + n % 6] as last) names`;

const SESSIONS = `
  insert into auth_session (id, user_id, handle_hash, token_hash, previous_token_hash, sealed_successor, rotated_at,
    created_at, last_used_at, expires_at, absolute_expires_at, authenticated_at, ip_address, user_agent)
  select ${idOf('session', 'n', openedAt)}, ${userId(ownerOf('$2::int'))}, ${hashOf('handle', handle)},
    ${hashOf('token', refreshToken)}, ${bytesOf('previous', 'n')},
    ${bytesOf('seal', 'n')} || substr(${bytesOf('nonce', 'n')}, 1, 28), ${usedAt}, ${openedAt}, ${usedAt},
    ${usedAt} + 7 * ${DAY}, ${openedAt} + 90 * ${DAY}, ${openedAt}, '198.51.100.' || n % 256,
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36'
  from generate_series($3::int, $4::int) n`;

const DEVICES = `
  insert into auth_device (id, user_id, token_hash, created_at, last_used_at)
  select ${idOf('device', 'n', registeredAt('n'))}, ${userId('n')}, ${hashOf('device', deviceToken('n'))},
    ${registeredAt('n')}, ${registeredAt('n')}
  from generate_series($3::int, $4::int) n`;

/** One user in ten has mistyped the password. */
const ATTEMPTS = `
  insert into auth_login_attempt (key_hash, attempts, last_attempt_at)
  select sha256(convert_to('address:' || ${emailOf('n')}, 'UTF8')), 1, $1::timestamptz - ${DAY} * (n::float8 / $2::int)
  from generate_series($3::int, $4::int) n where n % 10 = 1`;

const INSERTS = { auth_user: USERS, auth_session: SESSIONS, auth_device: DEVICES, auth_login_attempt: ATTEMPTS };

/** The tables that grow with the number of users. */
export const GROWING_TABLES = Object.keys(INSERTS) as (keyof typeof INSERTS)[];

/** Inserts that many users, each with a session and a device. */
export async function insertPeople(
  client: Client,
  users: number,
  { now, passwordHash, report }: { now: Date; passwordHash: string; report: (done: string) => void },
): Promise<void> {
  for (const [table, statement] of Object.entries(INSERTS)) {
    for (let first = 0; first < users; first += BATCH) {
      const last = Math.min(first + BATCH, users) - 1;
      await client.query(statement, [now, users, first, last, ...(table === 'auth_user' ? [passwordHash] : [])]);
      report(`${table}: ${(last + 1).toLocaleString('en')} users`);
    }
  }
}

/**
 * Picks sessions from the whole range, one from each of `count` equal parts, in random order. Earlier runs have replaced
 * their refresh tokens, so they get the generated ones again.
 */
export async function pickPeople(client: Client, users: number, count: number): Promise<Person[]> {
  const parts = Math.min(users, count);
  const { rows } = await client.query<Person>(
    `with token as (
       select ${hashOf('handle', handle)} as handle_hash, ${refreshToken} as text,
         ${deviceToken(ownerOf('$1::int'))} as device
       from (select part * $2::int + floor(random() * $2)::int as n from generate_series(0, $3::int - 1) part) picked
     ), reset as (
       update auth_session s set token_hash = ${hashOf('token', 'token.text')}, expires_at = absolute_expires_at,
         earlier_rotations = null, rapid_since = null, rotated_at = created_at, revoked_at = null, revoked_reason = null
       from token where s.handle_hash = token.handle_hash
       returning s.id, s.user_id, token.text, token.device
     )
     select u.id as "userId", reset.id as "sessionId", u.email, reset.device as "deviceToken", reset.text as "refreshToken"
     from reset join auth_user u on u.id = reset.user_id order by random()`,
    [users, Math.floor(users / parts), parts],
  );
  // Otherwise this session would publish its own updates only with one of its next statements.
  await client.query('select pg_stat_force_next_flush()');
  if (rows.length < parts) throw new Error('the database lacks generated sessions; build it again');
  return rows;
}
