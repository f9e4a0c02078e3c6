import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';

/** The password, names and locale of one registration of an unverified address. */
export interface RegistrationClaim {
  readonly id: string;
  readonly passwordHash: string;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly displayName: string | null;
  readonly locale: string | null;
}

/** Statements on `auth_registration_claim` after a registration. */
export class RegistrationClaimRepository {
  constructor(private readonly em: EntityManager) {}

  /** Deletes and returns all claims on an account. The caller must have locked the user's row, so that none is missed. */
  async takeAll(userId: string): Promise<RegistrationClaim[]> {
    const { rows } = await sql<RegistrationClaim>`
      delete from auth_registration_claim where user_id = ${userId}
      returning id, password_hash as "passwordHash", first_name as "firstName", last_name as "lastName",
        display_name as "displayName", locale`.execute(this.em.getKysely());
    return rows;
  }
}
