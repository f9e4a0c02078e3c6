import { defineEntity, p } from '@mikro-orm/core';
import { ServiceAccountEntity } from './service-account.entity.js';

const ServiceKeySchema = defineEntity({
  name: 'ServiceKeyEntity',
  tableName: 'auth_service_key',
  properties: {
    id: p.uuid().primary(),
    serviceAccount: () =>
      p.manyToOne(ServiceAccountEntity).deleteRule('cascade').index('auth_service_key_service_account_id_index'),
    handleHash: p.blob().hidden().unique('auth_service_key_handle_hash_unique'),
    secretHash: p.blob().hidden(),
    /** The last four characters of the key. */
    hint: p.string().length(4),
    createdAt: p.datetime(),
    /** Written at most once a minute. */
    lastUsedAt: p.datetime().nullable(),
    revokedAt: p.datetime().nullable(),
  },
});

/** A key with which a service account gets access tokens. */
export class ServiceKeyEntity extends ServiceKeySchema.class {}
ServiceKeySchema.setClass(ServiceKeyEntity);
