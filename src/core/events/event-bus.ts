import type { DomainEvent, EventClass } from './domain-event.js';

export type EventListener<Event extends DomainEvent> = (event: Event) => Promise<void> | void;

interface NamedListener {
  readonly name: string;
  readonly type: EventClass;
  readonly listen: EventListener<DomainEvent>;
}

/** Who hears of what. */
export class EventBus {
  private readonly listeners = new Map<string, NamedListener>();

  /**
   * Has a listener called for every event of a class, at least once each, after the change is committed. A call that
   * throws is repeated with back-off, and parked in the end. `event.eventId` tells a repetition.
   * @param name tells the listeners of one event apart, and must stay the same between releases
   */
  on<Event extends DomainEvent>(type: EventClass<Event>, listen: EventListener<Event>, name = 'listener'): void {
    const key = `${type.name}:${name}`;
    if (this.listeners.has(key)) throw new Error(`${type.name} has a listener of the name '${name}' already`);
    this.listeners.set(key, { name: key, type, listen: listen as EventListener<DomainEvent> });
  }

  /** The names of the listeners of an event. */
  namesOf(eventName: string): string[] {
    return [...this.listeners.values()].filter(({ type }) => type.name === eventName).map(({ name }) => name);
  }

  /** The listener of a name; undefined once it has been removed from the code. */
  find(name: string): EventListener<DomainEvent> | undefined {
    return this.listeners.get(name)?.listen;
  }
}
