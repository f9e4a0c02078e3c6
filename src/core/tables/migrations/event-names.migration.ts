import { Migration } from '@mikro-orm/migrations';

const NAMES = [
  ['VerificationMailAsked', 'VerificationLinkRequested'],
  ['PasswordResetAsked', 'PasswordResetLinkRequested'],
] as const;

/** Renames two events, including those that are stored and not yet delivered. */
export class EventNamesMigration extends Migration {
  override up(): void {
    for (const [before, after] of NAMES) this.rename(before, after);
  }

  override down(): void {
    for (const [before, after] of NAMES) this.rename(after, before);
  }

  private rename(from: string, to: string): void {
    this.addSql(`update "auth_outbox" set "name" = '${to}' where "name" = '${from}'`);
  }
}
