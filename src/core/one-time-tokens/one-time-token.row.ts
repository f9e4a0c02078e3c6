import { sql, type RawBuilder } from 'kysely';

export interface NewOneTimeToken {
  readonly id: string;
  readonly userId: string;
  readonly purpose: string;
  readonly email: string;
  readonly claimId?: string | null;
  readonly tokenHash: Buffer;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

/** An insert of a token, if `owner` has a row with the id of its user. */
export function insertOneTimeToken(token: NewOneTimeToken, owner: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`
    insert into auth_one_time_token (id, user_id, purpose, email, claim_id, token_hash, created_at, expires_at)
    select ${token.id}::uuid, owner.id, ${token.purpose}, ${token.email}, ${token.claimId ?? null}::uuid,
      ${token.tokenHash}::bytea, ${token.createdAt}::timestamptz, ${token.expiresAt}::timestamptz
    from ${owner} owner where owner.id = ${token.userId}`;
}
