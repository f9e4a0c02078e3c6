import { defineEntity, p } from '@mikro-orm/core';
import { MAX_METADATA_BYTES, MAX_METADATA_KEYS } from './metadata-document.js';
import { UserEntity } from './user.entity.js';

function limitOf(column: string): { name: string; expression: string } {
  const bytes = `octet_length(${column}::text) <= ${String(MAX_METADATA_BYTES)}`;
  const keys = `jsonb_array_length(jsonb_path_query_array(${column}, '$.keyvalue()')) <= ${String(MAX_METADATA_KEYS)}`;
  return { name: `auth_user_metadata_${column}_limit`, expression: `${bytes} and ${keys}` };
}

const UserMetadataSchema = defineEntity({
  name: 'UserMetadataEntity',
  tableName: 'auth_user_metadata',
  properties: {
    user: () => p.oneToOne(UserEntity).primary().deleteRule('cascade'),
    public: p.json<object>().defaultRaw(`'{}'`),
    private: p.json<object>().hidden().defaultRaw(`'{}'`),
    preferences: p.json<object>().defaultRaw(`'{}'`),
  },
  checks: ['public', 'private', 'preferences'].map(limitOf),
});

/** Documents about a user. Apart from `auth_user`, so that the row that every request reads stays narrow. */
export class UserMetadataEntity extends UserMetadataSchema.class {}
UserMetadataSchema.setClass(UserMetadataEntity);
