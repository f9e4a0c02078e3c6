import type { EntityManager } from '@mikro-orm/postgresql';
import { sql, type RawBuilder } from 'kysely';
import type { AccountName } from './account-name.js';
import { isNamed } from './account-name.row.js';
import { assignNameKeys } from './name-key.row.js';
import type { RegistrationClaim } from './registration-claim.repository.js';
import type { User } from './user.js';
import { forgetUnprovenNames, isClaimable, isUnclaimed } from './unclaimed.row.js';
import { isAddressTaken, toUser, USER_COLUMNS, type UserRow } from './user.row.js';

/** What registrations may do to an account with an unverified address. */
interface ClaimState {
  readonly isClaimable: boolean;
  readonly isUnclaimed: boolean;
  /** Whether it has a password, and somebody else may have registered the address since. */
  readonly isContested: boolean;
}

/** Statements on `auth_user` that several features share, one for each method. */
export class UserRepository {
  constructor(private readonly em: EntityManager) {}

  /** Returns the active user with an address. */
  async findActiveByEmail(email: string): Promise<User | undefined> {
    const { rows } = await sql<UserRow>`
      select ${USER_COLUMNS} from auth_user u where u.email = ${email} and u.active`.execute(this.em.getKysely());
    return rows[0] && toUser(rows[0]);
  }

  /** Returns the user with an address or id, active or not. */
  async findNamed(name: AccountName): Promise<User | undefined> {
    const { rows } = await sql<UserRow>`select ${USER_COLUMNS} from auth_user u where ${isNamed(name)}`.execute(
      this.em.getKysely(),
    );
    return rows[0] && toUser(rows[0]);
  }

  /** Returns whether an account has the address, active or not. */
  async isTaken(email: string): Promise<boolean> {
    const { rows } = await sql`select from auth_user where email = ${email}`.execute(this.em.getKysely());
    return rows.length > 0;
  }

  /** Returns an active user. */
  async findActiveById(userId: string): Promise<User | undefined> {
    const { rows } = await sql<UserRow>`
      select ${USER_COLUMNS} from auth_user u where u.id = ${userId} and u.active`.execute(this.em.getKysely());
    return rows[0] && toUser(rows[0]);
  }

  /** Returns a user, active or not. */
  async findById(userId: string): Promise<User | undefined> {
    const { rows } = await sql<UserRow>`select ${USER_COLUMNS} from auth_user u where u.id = ${userId}`.execute(
      this.em.getKysely(),
    );
    return rows[0] && toUser(rows[0]);
  }

  /** Returns the password hash and address of an active user. */
  async findSecret(userId: string): Promise<{ email: string; passwordHash: string | null } | undefined> {
    const { rows } = await sql<{ email: string; passwordHash: string | null }>`
      select u.email, u.password_hash as "passwordHash" from auth_user u where u.id = ${userId} and u.active`.execute(
      this.em.getKysely(),
    );
    return rows[0];
  }

  /** Locks accounts until the current transaction ends. Later statements see everything committed before the lock. */
  async lock(...userIds: string[]): Promise<void> {
    await sql`select from auth_user where id = any(${userIds}::uuid[]) order by id for no key update`.execute(
      this.em.getKysely(),
    );
  }

  /** Locks the account if the hash is still its password hash. Returns whether it is. */
  async lockWithPassword(userId: string, passwordHash: string): Promise<boolean> {
    const { rows } = await sql`
      select from auth_user u where u.id = ${userId} and u.password_hash = ${passwordHash} and u.active
      for no key update`.execute(this.em.getKysely());
    return rows.length > 0;
  }

  /** Returns what registrations may do to an account with an unverified address. The caller must have locked its row. */
  async findClaimState(userId: string, now: Date): Promise<ClaimState | undefined> {
    const { rows } = await sql<ClaimState>`
      select ${isClaimable(sql`u`, now)} as "isClaimable", ${isUnclaimed(sql`u`, now)} as "isUnclaimed",
        u.contested and u.open_to_claims and u.password_hash is not null as "isContested"
      from auth_user u where u.id = ${userId}`.execute(this.em.getKysely());
    return rows[0];
  }

  /**
   * Marks an address as verified, if the user still has it and it is unverified.
   * @param registered replaces the password, names and locale; null removes them, but only names that nobody has proven
   */
  async verifyEmail(
    userId: string,
    email: string,
    now: Date,
    registered: RegistrationClaim | null | undefined,
  ): Promise<User | undefined> {
    const names = registered ? assignNames(registered) : forgetUnprovenNames(sql`u`);
    const claimed =
      registered === undefined ? sql`` : sql`, password_hash = ${registered?.passwordHash ?? null}, ${names}`;
    return this.update(
      sql`email_verified_at = ${now}${claimed}`,
      sql`u.id = ${userId} and u.email = ${email} and u.email_verified_at is null`,
    );
  }

  /** Replaces the password hash if it still is `previousHash`. */
  async changePassword(userId: string, previousHash: string, passwordHash: string): Promise<User | undefined> {
    return this.update(
      sql`password_hash = ${passwordHash}`,
      sql`u.id = ${userId} and u.password_hash = ${previousHash}`,
    );
  }

  /**
   * Sets the password hash and marks the address as verified: a reset by email proves control of the address. Names that
   * came with an unproven registration may be those of a stranger, and are removed.
   */
  async resetPassword(userId: string, passwordHash: string, now: Date): Promise<User | undefined> {
    return this.update(
      sql`password_hash = ${passwordHash}, email_verified_at = coalesce(email_verified_at, ${now}),
        ${forgetUnprovenNames(sql`u`)}`,
      sql`u.id = ${userId}`,
    );
  }

  /**
   * Changes the address of an account to another, verified one. Returns `undefined` if the account is inactive or its
   * address has changed, and `taken` if another account has the new address.
   */
  async changeEmail(
    userId: string,
    email: { from: string; to: string },
    now: Date,
  ): Promise<User | 'taken' | undefined> {
    try {
      return await this.update(
        sql`email = ${email.to}, email_verified_at = ${now}`,
        sql`u.id = ${userId} and u.email = ${email.from}`,
      );
    } catch (error) {
      if (isAddressTaken(error)) return 'taken';
      throw error;
    }
  }

  private async update(change: RawBuilder<unknown>, condition: RawBuilder<unknown>): Promise<User | undefined> {
    const { rows } = await sql<UserRow>`
      update auth_user as u set ${change} where ${condition} and u.active returning ${USER_COLUMNS}`.execute(
      this.em.getKysely(),
    );
    return rows[0] && toUser(rows[0]);
  }
}

function assignNames(names: RegistrationClaim): RawBuilder<unknown> {
  return sql`first_name = ${names.firstName}, last_name = ${names.lastName}, display_name = ${names.displayName},
    locale = ${names.locale}, ${assignNameKeys(names)}`;
}
