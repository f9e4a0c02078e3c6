import { DomainEvent, type TrailOf } from '../../core/events/domain-event.js';

/** A service account was created. */
export class ServiceAccountCreated extends DomainEvent {
  static readonly trail: TrailOf<ServiceAccountCreated> = ['serviceAccountId', 'serviceName', 'scopes'];
  declare readonly serviceAccountId: string;
  declare readonly serviceName: string;
  declare readonly scopes: readonly string[];
}

/** A service account was deleted, with its keys. Its access tokens are stale. */
export class ServiceAccountDeleted extends DomainEvent {
  static readonly trail: TrailOf<ServiceAccountDeleted> = ['serviceAccountId', 'serviceName'];
  declare readonly serviceAccountId: string;
  declare readonly serviceName: string;
}

/** A service account got a key. */
export class ServiceKeyCreated extends DomainEvent {
  static readonly trail: TrailOf<ServiceKeyCreated> = ['serviceAccountId', 'keyId', 'hint'];
  declare readonly serviceAccountId: string;
  declare readonly keyId: string;
  /** The last four characters of the key. */
  declare readonly hint: string;
}

/** A key of a service account was revoked. Access tokens already issued for it stay valid until they expire. */
export class ServiceKeyRevoked extends DomainEvent {
  static readonly trail: TrailOf<ServiceKeyRevoked> = ['serviceAccountId', 'keyId', 'hint'];
  declare readonly serviceAccountId: string;
  declare readonly keyId: string;
  /** The last four characters of the key. */
  declare readonly hint: string;
}
