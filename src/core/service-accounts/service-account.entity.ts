import { defineEntity, p } from '@mikro-orm/core';

const ServiceAccountSchema = defineEntity({
  name: 'ServiceAccountEntity',
  tableName: 'auth_service_account',
  properties: {
    id: p.uuid().primary(),
    name: p.string().length(100),
    scopes: p.array().columnType('text[]'),
    createdAt: p.datetime(),
    /** The user or service account that created it; null if the command line or your application did. */
    createdBy: p.uuid().nullable(),
    /** Access tokens that were issued before this instant are stale. */
    tokensNotBefore: p.datetime().nullable(),
    /** The row stays, so that verifiers can be told to reject its tokens. */
    deletedAt: p.datetime().nullable(),
  },
  indexes: [
    {
      name: 'auth_service_account_tokens_not_before_index',
      properties: ['tokensNotBefore'],
      where: '"tokens_not_before" is not null',
    },
  ],
});

/** A program that calls without a user. */
export class ServiceAccountEntity extends ServiceAccountSchema.class {}
ServiceAccountSchema.setClass(ServiceAccountEntity);
