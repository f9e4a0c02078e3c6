import { defineEntity, p } from '@mikro-orm/core';

const UserImportSchema = defineEntity({
  name: 'UserImportEntity',
  tableName: 'auth_import',
  properties: {
    id: p.uuid().primary(),
    /** SHA-256 of the file. */
    fingerprint: p.blob().unique('auth_import_fingerprint_unique'),
    size: p.bigint('number'),
    byteOffset: p.bigint('number'),
    line: p.integer(),
    imported: p.integer(),
    skipped: p.integer(),
    rejected: p.integer(),
    /** The size of the file with the rejected lines. */
    rejectedBytes: p.bigint('number'),
    startedAt: p.datetime(),
    updatedAt: p.datetime(),
    finishedAt: p.datetime().nullable(),
  },
});

/** How far a file has been imported. */
export class UserImportEntity extends UserImportSchema.class {}
UserImportSchema.setClass(UserImportEntity);
