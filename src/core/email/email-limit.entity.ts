import { defineEntity, p } from '@mikro-orm/core';

const EmailLimitSchema = defineEntity({
  name: 'EmailLimitEntity',
  tableName: 'auth_email_limit',
  properties: {
    /** SHA-256 of what is counted: a recipient, an account or a request origin, with the kind of email. */
    keyHash: p.blob().primary(),
    count: p.integer(),
    /** When the next email is allowed. */
    nextAt: p.datetime(),
    /** When the count restarts. */
    resetsAt: p.datetime(),
  },
});

/** How many emails a recipient, an account or a request origin has caused in the current hour. */
export class EmailLimitEntity extends EmailLimitSchema.class {}
EmailLimitSchema.setClass(EmailLimitEntity);
