import type { EntityManager } from '@mikro-orm/postgresql';
import { sql, type RawBuilder } from 'kysely';
import { noteAccount } from '../../core/attempts/login-attempt.row.js';
import { countEmail, recipientKey, type EmailLimits, type EmailQuota } from '../../core/email/email-limit.row.js';
import { insertEvents, insertEventsFrom } from '../../core/events/outbox.row.js';
import type { RecordedEvent } from '../../core/events/recorded-event.js';
import type { ChangeOutcome, ManagedAccount } from '../../core/management/change-outcome.js';
import {
  changeOutcome,
  lockedOperator,
  managedAccount,
  toChangeOutcome,
  type ChangeOutcomeRow,
} from '../../core/management/managed-account.row.js';
import { OPERATOR_STATE, type OperatorRow } from '../../core/management/management.row.js';
import type { Operator, OperatorState } from '../../core/management/operator.js';
import type { UserRecord } from '../../core/management/user-record.js';
import { toUserRecord, userRecordColumns, type UserRecordRow } from '../../core/management/user-record.row.js';
import { insertOneTimeToken, type NewOneTimeToken } from '../../core/one-time-tokens/one-time-token.row.js';
import { endUnprovenAccess } from '../../core/management/ended-access.row.js';
import type { MetadataDocument, MetadataField } from '../../core/users/metadata-document.js';
import { insertUser } from '../../core/users/new-user.row.js';
import type { User } from '../../core/users/user.js';
import { metadataOverLimit } from '../../core/users/user-metadata.row.js';
import { onlyRow } from '../../platform/database/only-row.js';

export interface UserCreation {
  readonly user: User;
  readonly publicMetadata: MetadataDocument;
  readonly privateMetadata: MetadataDocument;
  /** The statement adds whether the user is invited. */
  readonly created: RecordedEvent;
  /** `undefined` if the user is not invited. */
  readonly invitation: NewInvitation | undefined;
}

export interface NewInvitation {
  readonly token: NewOneTimeToken;
  /** The quota that its email counts for. If it is used up, the user is not invited. */
  readonly quota: EmailQuota;
  readonly requested: RecordedEvent;
}

/** The result of a creation. */
export interface CreationOutcome {
  readonly operatorState: OperatorState;
  readonly record: UserRecord | undefined;
}

/** Creates accounts without a password. */
export class UserCreationRepository {
  constructor(private readonly em: EntityManager) {}

  /**
   * Stores a new account if the operator may act. Without a record, the address is taken. Returns the name of a document that
   * is too large; then nothing is stored.
   */
  async create(
    creation: UserCreation,
    operator: Operator | undefined,
    now: Date,
  ): Promise<CreationOutcome | MetadataField> {
    const { user, publicMetadata, privateMetadata, invitation, created } = creation;
    const mayCreate = sql`exists (select from operator)`;
    try {
      const { rows } = await sql<OperatorRow & (UserRecordRow | { userId: null })>`
        with ${lockedOperator(operator, now)},
        u as (${insertUser({ user, passwordHash: null, openSessions: 0 }, mayCreate)} do nothing returning *),
        documents as (
          insert into auth_user_metadata (user_id, public, private)
          select u.id, ${JSON.stringify(publicMetadata)}::jsonb, ${JSON.stringify(privateMetadata)}::jsonb from u
        ),
        counter as (${noteAccount(sql`u`)}),
        ${invite(invitation)},
        event as (${insertEventsFrom(sql`u`, [created], sql`jsonb_build_object('invited', exists (select from invited))`)})
        select ${OPERATOR_STATE}, r.* from (select) one
        left join lateral (select ${userRecordColumns(now)} from u) r on true`.execute(this.em.getKysely());
      const row = onlyRow(rows);
      return { operatorState: row.operatorState, record: row.userId === null ? undefined : toUserRecord(row) };
    } catch (error) {
      const field = metadataOverLimit(error);
      if (field) return field;
      throw error;
    }
  }

  /**
   * Locks an account, and counts another invitation if its user is active and has no password. What strangers may have left
   * on an unverified address is deleted. `changed` is false if nothing is sent.
   */
  async lockInvited(
    account: ManagedAccount,
    { kind, limits }: { readonly kind: string; readonly limits: EmailLimits },
    now: Date,
    sessionEnded: RecordedEvent,
  ): Promise<ChangeOutcome & { readonly isInvited: boolean }> {
    const quota = { ...limits, keyHash: recipientKey(kind, sql`(select email from invited)`) };
    const { rows } = await sql<ChangeOutcomeRow & { isInvited: boolean }>`
      with ${managedAccount(account, { now, mayBeSelf: true })},
      invited as (select id, email, email_verified_at from target where active and password_hash is null),
      counted as (${countEmail(quota, sql`exists (select from invited)`)}),
      unproven as (select id from invited where email_verified_at is null and exists (select from counted)),
      ${endUnprovenAccess(sessionEnded, now)},
      outcome as (${changeOutcome(now, { row: sql`target`, hasChanged: sql`exists (select from counted)` })})
      select outcome.*, exists (select from invited) as "isInvited" from outcome`.execute(this.em.getKysely());
    const row = onlyRow(rows);
    return { ...toChangeOutcome(row), isInvited: row.isInvited };
  }
}

/** The steps that invite the user of the step `u`, if there is one. `invited` has a row if the quota allows the email. */
function invite(invitation: NewInvitation | undefined): RawBuilder<unknown> {
  if (!invitation) return sql`invited as (select where false)`;
  const { token, quota, requested } = invitation;
  const isInvited = sql`exists (select from invited)`;
  return sql`invited as (${countEmail(quota, sql`exists (select from u)`)}),
    token as (${insertOneTimeToken(token, sql`(select id from u where ${isInvited})`)}),
    requested as (${insertEvents([requested], isInvited)})`;
}
