import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import { countEmail, type EmailQuota } from '../../core/email/email-limit.row.js';
import { insertEvents } from '../../core/events/outbox.row.js';
import type { RecordedEvent } from '../../core/events/recorded-event.js';
import { insertOneTimeToken, type NewOneTimeToken } from '../../core/one-time-tokens/one-time-token.row.js';
import type { MetadataDocument, MetadataField } from '../../core/users/metadata-document.js';
import { insertUser } from '../../core/users/new-user.row.js';
import type { User } from '../../core/users/user.js';
import { metadataOverLimit } from '../../core/users/user-metadata.row.js';
import { toUser, USER_COLUMNS, type UserRow } from '../../core/users/user.row.js';

export interface UserCreation {
  readonly user: User;
  readonly publicMetadata: MetadataDocument;
  readonly privateMetadata: MetadataDocument;
  /** The token of the invitation, and the quota that its email counts for; `undefined` if the user is not invited. */
  readonly invitation: { readonly token: NewOneTimeToken; readonly quota: EmailQuota } | undefined;
  readonly events: readonly RecordedEvent[];
}

/** Creates accounts without a password. */
export class UserCreationRepository {
  constructor(private readonly em: EntityManager) {}

  /** Stores a new account. Returns `undefined` if the address is taken, and the name of a document that is too large. */
  async create(creation: UserCreation): Promise<User | MetadataField | undefined> {
    const { user, publicMetadata, privateMetadata, invitation, events } = creation;
    const isNew = sql`exists (select from u)`;
    const nothing = sql`select`;
    try {
      const { rows } = await sql<UserRow>`
        with u as (${insertUser({ user, passwordHash: null, openSessions: 0 }, sql`true`)} do nothing returning *),
        documents as (
          insert into auth_user_metadata (user_id, public, private)
          select u.id, ${JSON.stringify(publicMetadata)}::jsonb, ${JSON.stringify(privateMetadata)}::jsonb from u
        ),
        token as (${invitation ? insertOneTimeToken(invitation.token, sql`u`) : nothing}),
        counted as (${invitation ? countEmail(invitation.quota, isNew) : nothing}),
        event as (${insertEvents(events, isNew)})
        select ${USER_COLUMNS} from u`.execute(this.em.getKysely());
      return rows[0] && toUser(rows[0]);
    } catch (error) {
      const field = metadataOverLimit(error);
      if (field) return field;
      throw error;
    }
  }

  /** Locks and returns an active user who has no password. */
  async lockInvited(userId: string): Promise<User | undefined> {
    const { rows } = await sql<UserRow>`
      select ${USER_COLUMNS} from auth_user u where u.id = ${userId} and u.active and u.password_hash is null
      for no key update`.execute(this.em.getKysely());
    return rows[0] && toUser(rows[0]);
  }
}
