import { sql, type RawBuilder } from 'kysely';
import type { UserFilter, UserOrder } from './user-list.js';
import type { UserPosition } from './user-position.js';
import type { SearchList, SearchTexts } from './user-search.js';
import { lockedUntil } from '../../core/attempts/locked-until.row.js';
import { IS_STATUS } from '../../core/management/user-record.row.js';

export type UserList = UserOrder | SearchList;

/** How a list of `auth_user u` is ordered. Every order is that of an index. */
interface Ordering {
  /** The text in the position of a user. */
  readonly key: RawBuilder<unknown>;
  readonly order: RawBuilder<unknown>;
  readonly isAfter: (position: UserPosition) => RawBuilder<unknown>;
}

const EMAIL = sql`u.email collate "C"`;
const DOMAIN = sql`split_part(u.email, '@', 2) collate "C"`;

const byEmail: Ordering = {
  key: sql`u.email`,
  order: EMAIL,
  isAfter: ({ key }) => sql`${EMAIL} > ${key}`,
};

function byName(column: RawBuilder<unknown>): Ordering {
  return {
    key: column,
    order: sql`${column}, u.id`,
    isAfter: ({ key, id }) => sql`(${column}, u.id) > (${key}, ${id}::uuid)`,
  };
}

function byCreation(direction: 'asc' | 'desc'): Ordering {
  const [way, beyond] = direction === 'asc' ? [sql`asc`, sql`>`] : [sql`desc`, sql`<`];
  return {
    key: sql`u.created_at::text`,
    order: sql`u.created_at ${way}, u.id ${way}`,
    isAfter: ({ key, id }) => sql`(u.created_at, u.id) ${beyond} (${key}::timestamptz, ${id}::uuid)`,
  };
}

const ORDERINGS: Readonly<Record<UserList, Ordering>> = {
  NEWEST_FIRST: byCreation('desc'),
  OLDEST_FIRST: byCreation('asc'),
  EMAIL: byEmail,
  ID: { key: sql`''`, order: sql`u.id`, isAfter: ({ id }) => sql`u.id > ${id}::uuid` },
  DOMAIN: {
    key: sql`u.email`,
    order: sql`${DOMAIN}, ${EMAIL}`,
    isAfter: ({ key }) => sql`(${DOMAIN}, ${EMAIL}) > (split_part(${key}, '@', 2) collate "C", ${key} collate "C")`,
  },
  ADDRESS: byEmail,
  LAST_NAME: byName(sql`u.sort_name_key`),
  FIRST_NAME: byName(sql`u.name_key`),
  DISPLAY_NAME: byName(sql`u.display_name_key`),
};

/** What a list searches by; the orders without a search have none. */
const SEARCHED: Readonly<Partial<Record<UserList, RawBuilder<unknown>>>> = {
  DOMAIN,
  ADDRESS: EMAIL,
  LAST_NAME: sql`u.sort_name_key`,
  FIRST_NAME: sql`u.name_key`,
  DISPLAY_NAME: sql`u.display_name_key`,
};

/** The highest character. Everything that begins with a text sorts between it and the text followed by this. */
const HIGHEST = '\u{10ffff}';

/** True for a row of `auth_user u` that a list contains. */
export function isFound(list: UserList, { text: address, name }: SearchTexts): RawBuilder<unknown> {
  if (list === 'ID') return sql`u.id = ${address}::uuid`;
  const column = SEARCHED[list];
  const text = list === 'ADDRESS' || list === 'DOMAIN' ? address : name;
  return column ? sql`${column} >= ${text} and ${column} < ${text + HIGHEST}` : sql`true`;
}

/** The first users of one list after a position: `branch`, `place`, `key` and `id`. */
export function firstOf(
  list: UserList,
  branch: number,
  { conditions, source, after, limit }: Selection,
): RawBuilder<unknown> {
  const { key, order, isAfter } = ORDERINGS[list];
  const all = after ? [...conditions, isAfter(after)] : conditions;
  return sql`(select ${branch}::int as branch, row_number() over () as place, key, id from (
    select ${key} as key, u.id from ${source} where ${sql.join(all, sql` and `)} order by ${order} limit ${limit}) f)`;
}

export interface Selection {
  readonly source: RawBuilder<unknown>;
  readonly conditions: readonly RawBuilder<unknown>[];
  readonly after: UserPosition | undefined;
  readonly limit: number;
}

/** Where `auth_user u` comes from. */
export function sourceOf({ locked }: UserFilter, now: Date): RawBuilder<unknown> {
  return locked === true ? maybeLocked(now) : sql`auth_user u`;
}

/**
 * Every user who is locked out, as `auth_user u`, and some who no longer have the locked address or device. They are few, so
 * they are looked up one by one.
 */
function maybeLocked(now: Date): RawBuilder<unknown> {
  return sql`(select distinct user_id from auth_login_attempt where user_id is not null and locked_until > ${now}) l
    cross join lateral (select * from auth_user where id = l.user_id limit 1) u`;
}

/** The conditions on `auth_user u`, at least one. */
export function conditionsOf(filter: UserFilter, now: Date): RawBuilder<unknown>[] {
  const { status, emailVerified, role, locked, createdAfter, createdBefore } = filter;
  const isLocked = sql`${lockedUntil(now)} is not null`;
  const given = [
    status && IS_STATUS[status],
    emailVerified === undefined
      ? undefined
      : emailVerified
        ? sql`u.email_verified_at is not null`
        : sql`u.email_verified_at is null`,
    // The first condition is that of the index.
    role === undefined ? undefined : sql`u.roles <> '{}' and u.roles @> array[${role}]::text[]`,
    locked === true ? isLocked : undefined,
    locked === false ? sql`u.id <> all (array(select u.id from ${maybeLocked(now)} where ${isLocked}))` : undefined,
    createdAfter && sql`u.created_at > ${exactly(createdAfter)}`,
    createdBefore && sql`u.created_at < ${exactly(createdBefore)}`,
  ];
  return [sql`true`, ...given.filter((condition) => condition !== undefined)];
}

/**
 * An instant as a value. The driver would send the local time of this process with an offset in whole minutes, which is
 * another instant if the offset had seconds, as in many zones long ago.
 */
function exactly(instant: Date): RawBuilder<unknown> {
  return sql`(timestamptz 'epoch' + ${instant.getTime()}::float8 * interval '1 millisecond')`;
}
