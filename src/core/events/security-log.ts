import type { Logger } from '../../platform/logger.js';
import { ADDRESS_FIELDS } from './address-fields.js';
import type { EventClasses } from './domain-event.js';
import type { RecordedEvent } from './recorded-event.js';

const CODE = /^[A-Z_]+$/;

/** The fields that are logged, and their names in the log. Other fields may contain secrets and are omitted. */
const LOGGED: Readonly<Record<string, string>> = {
  userId: 'userId',
  sessionId: 'sessionId',
  reason: 'reason',
  methods: 'methods',
  ipAddress: 'ipAddress',
  userAgent: 'userAgent',
  deviceInfo: 'userAgent',
  newDevice: 'newDevice',
  failedAttempts: 'failedAttempts',
  roles: 'roles',
  fields: 'fields',
  invited: 'invited',
  verified: 'verified',
  eraseAfter: 'eraseAfter',
  durationSeconds: 'durationSeconds',
  estimatedCount: 'estimatedCount',
  serviceAccountId: 'serviceAccountId',
  serviceName: 'serviceName',
  keyId: 'keyId',
  hint: 'hint',
  scopes: 'scopes',
};

/** Returns the name of an address's pseudonym in the log: `previousEmail` becomes `previousAddress`. */
function pseudonymFieldOf(field: string): string {
  return field.replace('Email', 'Address').replace('email', 'address');
}

export interface SecurityLogDependencies {
  readonly eventClasses: EventClasses;
  /** Returns the same pseudonym for the same address. */
  readonly pseudonyms: { of(email: string): string };
  readonly logger: Logger;
}

/**
 * Logs one line for each event, outside of requests. Covers all events, so that a new one cannot be forgotten.
 * @see OWASP ASVS 5.0 §16.3.1
 */
export class SecurityLog {
  constructor(private readonly deps: SecurityLogDependencies) {}

  write(events: readonly RecordedEvent[]): void {
    const { eventClasses, logger } = this.deps;
    for (const event of events)
      if (!eventClasses[event.name]?.isLoggedWhenRecorded) logger.info(this.fieldsOf(event), 'a security event');
  }

  private fieldsOf({ id, name, payload, occurredAt }: RecordedEvent): object {
    const fields = Object.entries(payload).flatMap(([field, value]): [string, unknown][] => {
      if (ADDRESS_FIELDS.has(field) && typeof value === 'string')
        return [[pseudonymFieldOf(field), this.deps.pseudonyms.of(value)]];
      const logged = LOGGED[field];
      // A reason that an operator wrote could name anyone.
      const isCode = field !== 'reason' || CODE.test(String(value));
      return logged === undefined || !isCode ? [] : [[logged, value]];
    });
    return { event: name, eventId: id, occurredAt, ...Object.fromEntries(fields) };
  }
}
