/** Events that wait in the outbox. */
export interface OutboxBacklog {
  /** At most 10,000 are counted. */
  readonly events: number;
  /** The age of the oldest of them; 0 if there is none. */
  readonly oldestSeconds: number;
}

/** Deliveries of events to their listeners. */
export interface DeliveryBacklog {
  /** How long the oldest delivery that is due has waited; 0 if none is due. */
  readonly oldestSeconds: number;
  /** Deliveries that have failed and will be retried. */
  readonly retries: number;
  /** Deliveries that have failed for good. */
  readonly parked: number;
}
