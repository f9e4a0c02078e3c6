import type { EntityManager } from '@mikro-orm/postgresql';
import { sql, type RawBuilder } from 'kysely';
import { insertEventsFrom } from '../../core/events/outbox.row.js';
import type { RecordedEvent } from '../../core/events/recorded-event.js';
import type { ChangeOutcome, ManagedAccount } from '../../core/management/change-outcome.js';
import {
  changeOutcome,
  managedAccount,
  toChangeOutcome,
  type ChangeOutcomeRow,
} from '../../core/management/managed-account.row.js';
import { APPLICATION_STEPS } from '../../core/management/management.row.js';
import { fromLiveSession } from '../../core/sessions/session.row.js';
import type { SessionOwner } from '../../core/sessions/session.js';
import type { MetadataChange, MetadataDocument, MetadataField } from '../../core/users/metadata-document.js';
import { nameKeysOf } from '../../core/users/name-key.row.js';
import { METADATA_COLUMNS, metadataOverLimit } from '../../core/users/user-metadata.row.js';
import { PROFILE_FIELDS, type ProfileChange, type ProfileField } from './profile-change.js';
import { onlyRow } from '../../platform/database/only-row.js';

/** Whose profile changes: that of a user, or the viewer's own if the session is live. */
export type ProfileOwner = ManagedAccount | { readonly viewer: SessionOwner };

const COLUMNS: Readonly<Record<ProfileField, string>> = {
  firstName: 'first_name',
  lastName: 'last_name',
  displayName: 'display_name',
  avatarUrl: 'avatar_url',
  locale: 'locale',
};
/** Changes profiles. */
export class ProfileChangeRepository {
  constructor(private readonly em: EntityManager) {}

  /**
   * Changes what is different, and stores the events with the names of the changed fields if any are. Returns the name of a
   * document that would become too large; then nothing changes. Without a record, the user does not exist, the session has
   * ended, or the operator may not change the account. Locks the user's row first, so that concurrent changes are made one
   * after the other.
   */
  async change(
    owner: ProfileOwner,
    { fields, metadata }: ProfileChange,
    now: Date,
    events: readonly RecordedEvent[],
  ): Promise<ChangeOutcome | MetadataField> {
    const given = PROFILE_FIELDS.filter((field) => fields[field] !== undefined);
    const documents = (Object.entries(metadata) as [MetadataField, MetadataChange][]).filter(([, { set, removed }]) =>
      hasAny(set, removed),
    );
    const changedFields = [
      ...given.map((field) => sql`case when ${differs(field, fields[field])} then ${field}::text end`),
      ...documents.map(([field]) => sql`case when ${isChanged(field)} then ${field}::text end`),
    ];
    try {
      const { rows } = await sql<ChangeOutcomeRow>`
        with ${subjectOf(owner, now)},
        changed as (${updateOf(fields, given)}),
        before as (select m.* from auth_user_metadata m join target o on o.id = m.user_id for update of m),
        documents as (${upsertOf(documents)}),
        listed as (select o.id, array_remove(array[${sql.join([...changedFields, sql`null::text`])}], null) as fields from target o),
        event as (${insertEventsFrom(sql`(select * from listed where fields <> '{}') l`, events, sql`jsonb_build_object('userId', l.id, 'fields', l.fields)`)})
        ${changeOutcome(now, { hasChanged: sql`exists (select from listed where fields <> '{}')` })}`.execute(
        this.em.getKysely(),
      );
      return toChangeOutcome(onlyRow(rows));
    } catch (error) {
      const field = metadataOverLimit(error);
      if (field) return field;
      throw error;
    }
  }
}

/** The steps that lock the row to change; the last is `target`. */
function subjectOf(owner: ProfileOwner, now: Date): RawBuilder<unknown> {
  if ('userId' in owner) return managedAccount(owner, { now, mayBeSelf: true });
  return sql`${APPLICATION_STEPS},
    subject as (select u.* ${fromLiveSession(owner.viewer, now)} for no key update of u),
    target as (select * from subject)`;
}

function differs(field: ProfileField, value: string | null | undefined): RawBuilder<unknown> {
  return sql`o.${sql.ref(COLUMNS[field])} is distinct from ${value}`;
}

function updateOf(fields: ProfileChange['fields'], given: readonly ProfileField[]): RawBuilder<unknown> {
  if (given.length === 0) return sql`select * from target where false`;
  const changes = given.map((field) => sql`${sql.ref(COLUMNS[field])} = ${fields[field]}`);
  const assignments = [...changes, ...keysOf(fields)];
  const differences = given.map((field) => differs(field, fields[field]));
  return sql`update auth_user u set ${sql.join(assignments)} from target o
    where u.id = o.id and (${sql.join(differences, sql` or `)}) returning u.*`;
}

/** A key of both names cannot be computed from one of them. It is filled in later. */
function keysOf({ firstName, lastName, displayName }: ProfileChange['fields']): RawBuilder<unknown>[] {
  const hasBoth = firstName !== undefined && lastName !== undefined;
  const keys = nameKeysOf({
    firstName: hasBoth ? firstName : null,
    lastName: hasBoth ? lastName : null,
    displayName: displayName ?? null,
  });
  const hasOne = firstName !== undefined || lastName !== undefined;
  return [
    ...(hasOne ? [sql`name_key = ${keys.nameKey}, sort_name_key = ${keys.sortNameKey}`] : []),
    ...(displayName === undefined ? [] : [sql`display_name_key = ${keys.displayNameKey}`]),
  ];
}

function hasAny(set: MetadataDocument, removed: readonly string[]): boolean {
  return removed.length > 0 || Object.keys(set).length > 0;
}

/**
 * Returns the row if a document has changed, or if it is new. Reads `before`, so that it comes first. It replaces keys one
 * by one, so that concurrent changes are all kept. It inserts a row even if keys are only removed: the statement does not
 * see a row that another one has just written, but `on conflict` finds it.
 */
function upsertOf(documents: readonly [MetadataField, MetadataChange][]): RawBuilder<unknown> {
  if (documents.length === 0) return sql`select * from auth_user_metadata where false`;
  const columns = documents.map(([field]) => sql.ref(METADATA_COLUMNS[field]));
  const values = documents.map(([, { set }]) => sql`${JSON.stringify(set)}::jsonb`);
  const merged = documents.map(([field, { removed }]): [RawBuilder<unknown>, RawBuilder<unknown>] => {
    const column = sql.ref(METADATA_COLUMNS[field]);
    return [column, sql`((m.${column} || excluded.${column}) - ${removed}::text[])`];
  });
  return sql`
    insert into auth_user_metadata as m (user_id, ${sql.join(columns)}) select o.id, ${sql.join(values)}
    from target o left join before b on b.user_id = o.id
    on conflict (user_id) do update set ${sql.join(merged.map(([column, value]) => sql`${column} = ${value}`))}
    where ${sql.join(
      merged.map(([column, value]) => sql`${value} is distinct from m.${column}`),
      sql` or `,
    )}
    returning m.*, m.xmax <> 0 as "wasThere"`;
}

/**
 * Of several documents, only some may have changed. They are compared with the locked row. A row that another statement has
 * inserted since this one started cannot be compared, and counts as changed.
 */
function isChanged(field: MetadataField): RawBuilder<unknown> {
  const column = sql.ref(METADATA_COLUMNS[field]);
  return sql`exists (select from documents d left join before b on b.user_id = d.user_id
    where d.${column} is distinct from coalesce(b.${column}, '{}') or (d."wasThere" and b.user_id is null))`;
}
