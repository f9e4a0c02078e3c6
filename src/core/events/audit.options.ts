import type { ConfigOf } from '../../platform/options/option-tree.js';
import { integer } from '../../platform/options/option-types.js';

const MAX_RETENTION_DAYS = 3650;

export const auditOptions = {
  audit: {
    retentionDays: integer(0, MAX_RETENTION_DAYS)
      .default(365)
      .describe('How many days the audit trail keeps events of users and of the service; 0 keeps them forever.'),
    operatorRetentionDays: integer(0, MAX_RETENTION_DAYS)
      .default(0)
      .describe('How many days the audit trail keeps what operators and programs did; 0 keeps it forever.'),
  },
} as const;

export type AuditConfig = ConfigOf<typeof auditOptions>;
