import { defineEntity, p } from '@mikro-orm/core';

const OutboxSchema = defineEntity({
  name: 'OutboxEntity',
  tableName: 'auth_outbox',
  properties: {
    /** The id of the event. */
    id: p.uuid().primary(),
    name: p.string().length(60),
    payload: p.json<object>(),
    occurredAt: p.datetime(),
    /** Who caused it, and from where; not part of the event. */
    origin: p.json<object>().nullable(),
  },
});

/** An event that was stored with its change and is not in the job queue yet. */
export class OutboxEntity extends OutboxSchema.class {}
OutboxSchema.setClass(OutboxEntity);
