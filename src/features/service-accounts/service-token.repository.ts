import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';

/** A live key and the account that it belongs to. */
export interface LiveKey {
  readonly id: string;
  readonly secretHash: Buffer;
  readonly serviceAccountId: string;
  readonly scopes: readonly string[];
}

export interface KeyLookup {
  readonly handleHash: Buffer;
  readonly secretHash: Buffer;
  readonly now: Date;
  /** A use is recorded if the last recorded one is not later. */
  readonly lastUsedBefore: Date;
}

/** Reads keys of service accounts for the exchange for a token. */
export class ServiceTokenRepository {
  constructor(private readonly em: EntityManager) {}

  /** Returns the live key with a handle, and records its use if the secret is right. The caller compares the secrets. */
  async use({ handleHash, secretHash, now, lastUsedBefore }: KeyLookup): Promise<LiveKey | undefined> {
    const { rows } = await sql<LiveKey>`
      with live as (
        select k.id, k.secret_hash, a.id as account_id, a.scopes
        from auth_service_key k join auth_service_account a on a.id = k.service_account_id
        where k.handle_hash = ${handleHash} and k.revoked_at is null and a.deleted_at is null
      ), used as (
        update auth_service_key k set last_used_at = ${now} from live
        where k.id = live.id and k.secret_hash = ${secretHash}
          and (k.last_used_at is null or k.last_used_at <= ${lastUsedBefore})
      )
      select id, secret_hash as "secretHash", account_id as "serviceAccountId", scopes from live`.execute(
      this.em.getKysely(),
    );
    return rows[0];
  }
}
