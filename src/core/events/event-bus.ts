import { nameOf } from '../../platform/error-codes.js';
import type { Logger } from '../../platform/logger.js';
import { requireSynchronous } from '../../platform/synchronous.js';
import type { DomainEvent, EventClass, EventClasses, StoredEvent } from './domain-event.js';
import { DELIVERIES, EMAIL_DELIVERIES, type DeliveryQueue } from './event-queues.js';
import { unpack, type RecordedEvent } from './recorded-event.js';

export type EventListener<Event extends DomainEvent> = (event: Event) => Promise<void> | void;

/**
 * Returns `false` if the listener has no use for an event. It then costs no delivery. Sees what is stored with the event,
 * so neither `token` nor `expiresAt`. If it throws, the event is delivered.
 */
export type EventFilter<Event extends DomainEvent> = (event: StoredEvent<Event>) => boolean;

export interface ListenerOptions<Event extends DomainEvent> {
  /**
   * Unique among the listeners of one event, and printable. Must stay the same between releases.
   * @default 'listener'
   */
  readonly name?: string;
  /**
   * Which events the listener wants.
   * @default all of them
   * @example ({ newDevice }) => newDevice
   */
  readonly wants?: EventFilter<Event> | undefined;
}

/** Names are stored with each delivery. */
const LISTENER_NAME = /^[^\p{Cc}\p{Cs}]+$/u;

interface NamedListener {
  readonly name: string;
  readonly type: EventClass;
  readonly listen: EventListener<DomainEvent>;
  readonly wants: EventFilter<DomainEvent> | undefined;
  readonly queue: DeliveryQueue;
}

/** The listeners of each event. */
export class EventBus {
  private readonly listeners = new Map<string, NamedListener>();
  /** The listeners whose filter has thrown. */
  private readonly reported = new Set<string>();

  constructor(
    private readonly logger: Logger,
    private readonly eventClasses: EventClasses,
  ) {}

  /**
   * Calls a listener for every event of a class, at least once each, after the change is committed. A call that throws is
   * retried with back-off, and finally parked. Use `event.eventId` to detect repetitions.
   * @param options which events the listener wants, and its name if an event has several; a text is the name
   * @throws TypeError the class is not one of an event of this subgraph, the listener or filter is not a function, or the
   * name is not usable
   * @example auth.events.on(UserLoggedIn, warn, { name: 'fraud', wants: ({ newDevice }) => newDevice })
   */
  on<Event extends DomainEvent>(
    type: EventClass<Event>,
    listen: EventListener<Event>,
    options: string | ListenerOptions<Event> = {},
  ): void {
    this.add(type, listen, typeof options === 'string' ? { name: options } : options, DELIVERIES);
  }

  /** Adds a listener that sends an email, or creates the link of one. Its deliveries have a separate queue. */
  onEmail(type: EventClass, listen: EventListener<DomainEvent>, options: ListenerOptions<DomainEvent>): void {
    this.add(type, listen, options, EMAIL_DELIVERIES);
  }

  private add<Event extends DomainEvent>(
    type: EventClass<Event>,
    listen: EventListener<Event>,
    { name = 'listener', wants }: ListenerOptions<Event>,
    queue: DeliveryQueue,
  ): void {
    this.requireUsable(type, listen, { name, wants });
    const key = `${type.name}:${name}`;
    if (this.listeners.has(key)) throw new Error(`${type.name} already has a listener named '${name}'`);
    this.listeners.set(key, {
      ...{ name: key, type, queue },
      listen: listen as EventListener<DomainEvent>,
      wants: wants as EventFilter<DomainEvent> | undefined,
    });
  }

  /** Otherwise the listener would never be called. */
  private requireUsable(
    type: unknown,
    listen: unknown,
    { name, wants }: Readonly<Record<'name' | 'wants', unknown>>,
  ): void {
    const className = typeof type === 'function' ? type.name : '';
    if (!Object.hasOwn(this.eventClasses, className))
      throw new TypeError(`${className || String(type)} is not the class of an event of this subgraph`);
    if (typeof listen !== 'function') throw new TypeError('the listener must be a function');
    if (typeof name !== 'string' || !LISTENER_NAME.test(name))
      throw new TypeError('the name of a listener must be a string of printable characters');
    if (wants !== undefined && typeof wants !== 'function') throw new TypeError('the filter must be a function');
  }

  /** Returns the names of the listeners of an event. */
  namesOf(eventName: string): string[] {
    return [...this.listeners.values()].filter(({ type }) => type.name === eventName).map(({ name }) => name);
  }

  /** Returns a listener by name, or `undefined` if it has been removed from the code. */
  find(name: string): EventListener<DomainEvent> | undefined {
    return this.listeners.get(name)?.listen;
  }

  /** The queue that holds the deliveries of a listener. */
  queueOf(name: string): DeliveryQueue {
    return this.listeners.get(name)?.queue ?? DELIVERIES;
  }

  /** Whether a listener wants an event. */
  isWanted(listener: string, event: RecordedEvent): boolean {
    const { type: Event, wants } = this.listeners.get(listener) ?? {};
    if (!Event || !wants) return true;
    try {
      const answer: unknown = wants(new Event(unpack(event).fields));
      requireSynchronous(answer, 'the filter must not return a promise');
      return answer !== false;
    } catch (error) {
      const problem = nameOf(error);
      if (!this.reported.has(listener)) this.logger.error({ listener, error: problem }, 'an event filter failed');
      this.reported.add(listener);
      return true;
    }
  }
}
