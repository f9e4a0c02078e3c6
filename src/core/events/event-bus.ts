import type { DomainEvent, EventClass } from './domain-event.js';

export type EventListener<Event extends DomainEvent> = (event: Event) => Promise<void> | void;

interface NamedListener {
  readonly name: string;
  readonly type: EventClass;
  readonly listen: EventListener<DomainEvent>;
}

/** The listeners of each event. */
export class EventBus {
  private readonly listeners = new Map<string, NamedListener>();

  /**
   * Calls a listener for every event of a class, at least once each, after the change is committed. A call that throws is
   * retried with back-off, and finally parked. Use `event.eventId` to detect repetitions.
   * @param name unique among the listeners of one event; must stay the same between releases
   */
  on<Event extends DomainEvent>(type: EventClass<Event>, listen: EventListener<Event>, name = 'listener'): void {
    const key = `${type.name}:${name}`;
    if (this.listeners.has(key)) throw new Error(`${type.name} already has a listener named '${name}'`);
    this.listeners.set(key, { name: key, type, listen: listen as EventListener<DomainEvent> });
  }

  /** Returns the names of the listeners of an event. */
  namesOf(eventName: string): string[] {
    return [...this.listeners.values()].filter(({ type }) => type.name === eventName).map(({ name }) => name);
  }

  /** Returns a listener by name, or `undefined` if it has been removed from the code. */
  find(name: string): EventListener<DomainEvent> | undefined {
    return this.listeners.get(name)?.listen;
  }
}
