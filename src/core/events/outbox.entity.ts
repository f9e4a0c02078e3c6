import { defineEntity, p } from '@mikro-orm/core';

const OutboxSchema = defineEntity({
  name: 'OutboxEntity',
  tableName: 'auth_outbox',
  properties: {
    /** The event's id. */
    id: p.uuid().primary(),
    name: p.string().length(60),
    payload: p.json<object>(),
    occurredAt: p.datetime(),
  },
});

/** An event that was written with its change and has not been handed to the job queue yet. */
export class OutboxEntity extends OutboxSchema.class {}
OutboxSchema.setClass(OutboxEntity);
