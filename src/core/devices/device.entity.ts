import { defineEntity, p } from '@mikro-orm/core';
import { UserEntity } from '../users/user.entity.js';

const DeviceSchema = defineEntity({
  name: 'DeviceEntity',
  tableName: 'auth_device',
  properties: {
    id: p.uuid().primary(),
    user: () => p.manyToOne(UserEntity).deleteRule('cascade').index('auth_device_user_id_index'),
    tokenHash: p.blob().hidden().unique('auth_device_token_hash_unique'),
    createdAt: p.datetime(),
    lastUsedAt: p.datetime(),
  },
});

/** A device that a user has signed in from. Wrong passwords from other devices do not lock it. */
export class DeviceEntity extends DeviceSchema.class {}
DeviceSchema.setClass(DeviceEntity);
