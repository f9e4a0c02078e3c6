import type { EntityManager } from '@mikro-orm/postgresql';
import { sql, type RawBuilder } from 'kysely';
import { insertEventsFrom } from '../../core/events/outbox.row.js';
import type { RecordedEvent } from '../../core/events/recorded-event.js';
import type { UserSession } from '../../core/sessions/session.js';
import { isLive, revokedBy, SESSION_COLUMNS, toSession, type SessionRow } from '../../core/sessions/session.row.js';
import { claimsColumns, toUser, USER_COLUMNS, type UserRow } from '../../core/users/user.row.js';
import { statement, type NonEmpty, type Statement, type StatementRunner } from '../../platform/database/statement.js';
import type { RequestOrigin } from '../../platform/http/request-origin.js';
import { toPastRotation, type PastRotation } from './rotation-record.js';
import { isGraced, keepEarlier, mayHaveDropped, type GraceWindow } from './rotation.row.js';

export interface Rotation {
  readonly handleHash: Buffer;
  readonly presentedHash: Buffer;
  readonly successorHash: Buffer;
  readonly successorSeed: Buffer;
  readonly origin: RequestOrigin;
  readonly times: RotationTimes;
}

export interface RotationTimes {
  readonly rotatedAt: Date;
  /** Limited to the absolute lifetime of the session. */
  readonly expiresAt: Date;
  readonly grace: GraceWindow;
}

/** A session whose rotation was refused. */
export interface RefusedRotation extends UserSession {
  /**
   * Whether the presented token is the current one after all, a replaced one within its grace period, possibly within it,
   * or a replay that ended the session.
   */
  readonly verdict: 'current' | 'graced' | 'uncertain' | 'replayed';
  /** Whether this replay ended the session. */
  readonly revoked: boolean;
  /** The last rotation and the kept earlier ones, newest first. */
  readonly rotations: readonly PastRotation[];
}

interface RotateValues extends GraceWindow {
  readonly handleHashes: readonly Buffer[];
  readonly presentedHashes: readonly Buffer[];
  readonly successorHashes: readonly Buffer[];
  readonly successorSeeds: readonly Buffer[];
  readonly ipAddresses: readonly (string | null)[];
  readonly userAgents: readonly (string | null)[];
  readonly rotatedAt: Date;
  readonly expiresAt: Date;
}

type RotatedRow = UserRow & SessionRow & { position: string };

/** What a refresh depends on, besides the session. */
export interface RefreshConditions {
  /** Whether the claims hook reads the public metadata of the user. */
  readonly claimsMetadata: boolean;
  /** What is required now. A session may be older than these requirements. */
  readonly config: {
    readonly registration: { readonly requireEmailVerification: boolean };
    readonly jwt: { readonly refreshTokenExpirationSeconds: number };
    readonly session: { readonly maxLifetimeSeconds: number };
  };
}

/** True if `auth_session s` of `auth_user u`, which is live, may be refreshed. */
function mayRefresh({ config: { jwt, registration, session } }: RefreshConditions, now: Date): RawBuilder<boolean> {
  return sql<boolean>`u.active ${registration.requireEmailVerification ? sql`and u.email_verified_at is not null` : sql``}
    and s.last_used_at > ${now}::timestamptz - ${seconds(jwt.refreshTokenExpirationSeconds)}
    and s.created_at > ${now}::timestamptz - ${seconds(session.maxLifetimeSeconds)}`;
}

function seconds(count: number): RawBuilder<unknown> {
  return sql`${sql.lit(count)} * interval '1 second'`;
}

/** Rotates sessions whose current token is the presented one. `lock` says what happens to rows that are locked. */
function rotating(
  lock: RawBuilder<unknown>,
  conditions: RefreshConditions,
): (values: RotateValues) => RawBuilder<RotatedRow> {
  return (values) => sql<RotatedRow>`
    with asked as (
      select * from unnest(${values.handleHashes}::bytea[], ${values.presentedHashes}::bytea[],
        ${values.successorHashes}::bytea[], ${values.successorSeeds}::bytea[], ${values.ipAddresses}::text[],
        ${values.userAgents}::text[]) with ordinality
        as asked (handle_hash, presented_hash, successor_hash, successor_seed, ip_address, user_agent, position)
    ), found as (
      select s.id, asked.* from asked join auth_session s on s.handle_hash = asked.handle_hash
      where s.token_hash = asked.presented_hash and ${isLive(values.rotatedAt)}
      for no key update of s ${lock}
    )
    update auth_session as s set
      token_hash = found.successor_hash, previous_token_hash = found.presented_hash,
      sealed_successor = found.successor_seed, rotated_at = ${values.rotatedAt}, last_used_at = ${values.rotatedAt},
      ${keepEarlier(values)},
      expires_at = least(${values.expiresAt}::timestamptz, s.absolute_expires_at,
        s.created_at + ${seconds(conditions.config.session.maxLifetimeSeconds)}),
      ip_address = coalesce(found.ip_address, s.ip_address),
      user_agent = coalesce(found.user_agent, s.user_agent)
    from found, auth_user u
    where s.id = found.id and u.id = s.user_id and ${mayRefresh(conditions, values.rotatedAt)}
    returning found.position, ${USER_COLUMNS}, ${SESSION_COLUMNS}${claimsColumns(conditions.claimsMetadata)}`;
}

interface RotationStatements {
  /** Never waits for a lock, so rotations of one batch cannot deadlock with other statements, nor wait for one another. */
  readonly unlessLocked: Statement<RotatedRow, RotateValues>;
  readonly afterWaiting: Statement<RotatedRow, RotateValues>;
}

function rotationStatements(conditions: RefreshConditions): RotationStatements {
  return {
    unlessLocked: statement(rotating(sql`skip locked`, conditions)),
    afterWaiting: statement(rotating(sql``, conditions)),
  };
}

/** Rotates refresh tokens, with one statement for each method. */
export class RotationRepository {
  /**
   * Replaces the refresh token if the presented one is the current one, the session is live, and no other statement is
   * changing its row. Rotations of one turn of the event loop share a statement and its time.
   */
  readonly rotateUnlessLocked: (rotation: Rotation) => Promise<UserSession | undefined>;

  private readonly rotations: RotationStatements;

  constructor(
    private readonly em: EntityManager,
    private readonly statements: StatementRunner,
    private readonly conditions: RefreshConditions,
  ) {
    this.rotations = rotationStatements(conditions);
    this.rotateUnlessLocked = statements.gather(
      'RotationRepository.rotateUnlessLocked',
      (rotations: NonEmpty<Rotation>) => this.run(this.rotations.unlessLocked, rotations),
    );
  }

  /** Like `rotateUnlessLocked`, alone, and after waiting for a statement that is changing the row. */
  async rotateAfterWaiting(rotation: Rotation): Promise<UserSession | undefined> {
    const [rotated] = await this.run(this.rotations.afterWaiting, [rotation]);
    return rotated;
  }

  private async run(
    rotate: Statement<RotatedRow, RotateValues>,
    rotations: NonEmpty<Rotation>,
  ): Promise<(UserSession | undefined)[]> {
    const [{ times }] = rotations;
    const { grace, rotatedAt, expiresAt } = times;
    const rows = await this.statements.rows(rotate, {
      handleHashes: rotations.map(({ handleHash }) => handleHash),
      presentedHashes: rotations.map(({ presentedHash }) => presentedHash),
      successorHashes: rotations.map(({ successorHash }) => successorHash),
      successorSeeds: rotations.map(({ successorSeed }) => successorSeed),
      ipAddresses: rotations.map(({ origin }) => origin.ipAddress),
      userAgents: rotations.map(({ origin }) => origin.userAgent),
      rotatedAt,
      expiresAt,
      ...grace,
    });
    const rotated = new Array<UserSession | undefined>(rotations.length).fill(undefined);
    for (const row of rows) rotated[Number(row.position) - 1] = toUserSession(row);
    return rotated;
  }

  /**
   * Returns why a rotation was refused, and in the same statement revokes the session if the token is neither the current
   * one nor within its grace period. Returns `undefined` if no live session has the handle.
   */
  async findRefusedOrRevoke(
    { handleHash, presentedHash }: { handleHash: Buffer; presentedHash: Buffer },
    { now, grace }: { now: Date; grace: GraceWindow },
    events: readonly RecordedEvent[],
  ): Promise<RefusedRotation | undefined> {
    const graced = isGraced(presentedHash, grace);
    const current = sql`s.token_hash = ${presentedHash}`;
    const uncertain = mayHaveDropped(grace);
    const { rows } = await sql<RefusedRow>`
      with found as (
        select ${USER_COLUMNS}, ${SESSION_COLUMNS}${claimsColumns(this.conditions.claimsMetadata)}, s.previous_token_hash as "previousTokenHash",
          s.sealed_successor as "successorSeed", s.rotated_at as "rotatedAt",
          s.earlier_rotations as "earlierRotations",
          case when ${graced} then 'graced' when ${current} then 'current' when ${uncertain} then 'uncertain'
            else 'replayed' end as verdict
        from auth_session s join auth_user u on u.id = s.user_id
        where s.handle_hash = ${handleHash} and ${isLive(now)} and ${mayRefresh(this.conditions, now)}
      ), revoked as (
        update auth_session as s set ${revokedBy('REFRESH_TOKEN_REPLAYED', now)} from found
        where s.id = found."sessionId" and s.revoked_at is null
          and not ${graced} and not ${current} and not ${uncertain}
        returning s.id, s.user_id
      ), event as (
        ${insertEventsFrom(sql`revoked`, events, sql`jsonb_build_object('userId', revoked.user_id, 'sessionId', revoked.id)`)}
      )
      select found.*, exists (select from revoked) as revoked from found`.execute(this.em.getKysely());
    return rows[0] && toRefusedRotation(rows[0]);
  }
}

function toUserSession(row: UserRow & SessionRow): UserSession {
  return { user: toUser(row), session: toSession(row) };
}

interface RefusedRow extends UserRow, SessionRow {
  previousTokenHash: Buffer | null;
  successorSeed: Buffer | null;
  rotatedAt: string | null;
  earlierRotations: Buffer[] | null;
  verdict: RefusedRotation['verdict'];
  revoked: boolean;
}

function toRefusedRotation(row: RefusedRow): RefusedRotation {
  const { previousTokenHash: tokenHash, successorSeed, rotatedAt, earlierRotations, verdict, revoked } = row;
  const last =
    tokenHash && successorSeed && rotatedAt !== null
      ? [{ tokenHash, successorSeed, rotatedAt: new Date(rotatedAt) }]
      : [];
  const rotations = [...last, ...(earlierRotations ?? []).map(toPastRotation)];
  return { ...toUserSession(row), verdict, revoked, rotations };
}
