import { defineEntity, p } from '@mikro-orm/core';

/** Erasure may remove the address, the user agent and the details. Another trigger, in the migration, refuses TRUNCATE. */
const REFUSE_CHANGES =
  "if to_jsonb(new) - '{ip_address,user_agent,details}'::text[] is distinct from to_jsonb(old) - '{ip_address,user_agent,details}'::text[]" +
  ' or new.ip_address <> old.ip_address or (new.ip_address is not null and old.ip_address is null)' +
  ' or new.user_agent <> old.user_agent or (new.user_agent is not null and old.user_agent is null)' +
  ' or new.details <> old.details or (new.details is not null and old.details is null)' +
  " then raise exception 'the audit trail is append-only'; end if; return new";

const SecurityEventSchema = defineEntity({
  name: 'SecurityEventEntity',
  tableName: 'auth_security_event',
  properties: {
    /** The id of the event. A UUID of version 7, so the key is the order of time. */
    id: p.uuid().primary(),
    /** No foreign key: the trail outlives the account. */
    userId: p.uuid().nullable(),
    name: p.string().length(60),
    actorKind: p.string().length(10),
    actorId: p.uuid().nullable(),
    sessionId: p.uuid().nullable(),
    ipAddress: p.string().length(45).nullable(),
    userAgent: p.string().length(512).nullable(),
    details: p.json<object>().nullable(),
  },
  indexes: [
    { name: 'auth_security_event_user_index', properties: ['userId', 'id'] },
    {
      name: 'auth_security_event_operator_index',
      properties: ['actorId', 'id'],
      where: `actor_kind in ('OPERATOR', 'SERVICE')`,
    },
    { name: 'auth_security_event_ip_index', properties: ['ipAddress', 'id'], where: '"ip_address" is not null' },
  ],
  triggers: [{ name: 'append_only', timing: 'before', events: ['update'], body: REFUSE_CHANGES }],
});

/** A row of the audit trail. Only the address, the user agent and the details may be removed later. */
export class SecurityEventEntity extends SecurityEventSchema.class {}
SecurityEventSchema.setClass(SecurityEventEntity);
