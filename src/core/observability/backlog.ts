/** Events and deliveries that wait. */
export interface Backlog {
  /** Events in the outbox; at most 10,000 are counted. */
  readonly events: number;
  /** The age of the oldest of them; 0 if there is none. */
  readonly oldestSeconds: number;
  /** Deliveries that have failed for good. */
  readonly parked: number;
}
