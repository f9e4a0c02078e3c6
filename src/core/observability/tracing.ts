/** The delivery of an event to a listener. */
export interface TracedDelivery {
  readonly event: string;
  readonly eventId: string;
  readonly listener: string;
  /** The trace in which the event was recorded, as a `traceparent`. @see W3C Trace Context §3.2 */
  readonly cause: string | undefined;
}

/** Connects the work of requests with the deliveries that it causes. */
export interface Tracing {
  /** Identifies the running work, as a `traceparent`; undefined if it is not traced. */
  current(): string | undefined;
  /** Does the work of a delivery. */
  delivery<T>(delivery: TracedDelivery, work: () => Promise<T>): Promise<T>;
}

export const NO_TRACING: Tracing = {
  current: () => undefined,
  delivery: (_delivery, work) => work(),
};
