import { DomainEvent, type TrailOf } from '../events/domain-event.js';
import type { RevocationReason } from './session.js';

/** A session was ended before it expired. */
export class SessionRevoked extends DomainEvent {
  static readonly trail: TrailOf<SessionRevoked> = ['reason'];
  declare readonly userId: string;
  declare readonly sessionId: string;
  declare readonly reason: RevocationReason;
}
