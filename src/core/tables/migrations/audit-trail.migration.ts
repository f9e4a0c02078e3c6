import { Migration } from '@mikro-orm/migrations';

const TABLE = '"auth_security_event"';
const FUNCTION = '"auth_security_event_append_only_fn"';
const NO_TRUNCATE = '"auth_security_event_no_truncate_fn"';
const ERASABLE = `'{ip_address,user_agent,details}'::text[]`;
const BODY =
  `if to_jsonb(new) - ${ERASABLE} is distinct from to_jsonb(old) - ${ERASABLE}` +
  ' or new.ip_address <> old.ip_address or (new.ip_address is not null and old.ip_address is null)' +
  ' or new.user_agent <> old.user_agent or (new.user_agent is not null and old.user_agent is null)' +
  ' or new.details <> old.details or (new.details is not null and old.details is null)' +
  " then raise exception 'the audit trail is append-only'; end if; return new";

/** The audit trail, which is append-only, and the origin of the events in the outbox. */
export class AuditTrailMigration extends Migration {
  override up(): void {
    this.addSql('alter table "auth_outbox" add column "origin" jsonb null');
    this.addSql(`create table ${TABLE} (
      "id" uuid not null primary key,
      "user_id" uuid null,
      "name" varchar(60) not null,
      "actor_kind" varchar(10) not null,
      "actor_id" uuid null,
      "session_id" uuid null,
      "ip_address" varchar(45) null,
      "user_agent" varchar(512) null,
      "details" jsonb null
    )`);
    this.addSql(`create index "auth_security_event_user_index" on ${TABLE} ("user_id", "id")`);
    this.addSql(`create index "auth_security_event_operator_index" on ${TABLE} ("actor_id", "id")
      where actor_kind in ('OPERATOR', 'SERVICE')`);
    this.addSql(
      `create index "auth_security_event_ip_index" on ${TABLE} ("ip_address", "id") where "ip_address" is not null`,
    );
    this.addSql(`create function ${FUNCTION}() returns trigger as $$ begin ${BODY}; end; $$ language plpgsql`);
    this.addSql(`create trigger "append_only" before update on ${TABLE} for each row execute function ${FUNCTION}()`);
    this.addSql(`create function ${NO_TRUNCATE}() returns trigger as
      $$ begin raise exception 'the audit trail is append-only'; end; $$ language plpgsql`);
    this.addSql(
      `create trigger "no_truncate" before truncate on ${TABLE} for each statement execute function ${NO_TRUNCATE}()`,
    );
  }

  override down(): void {
    this.addSql(`drop table ${TABLE}`);
    this.addSql(`drop function ${NO_TRUNCATE}()`);
    this.addSql(`drop function ${FUNCTION}()`);
    this.addSql('alter table "auth_outbox" drop column "origin"');
  }
}
