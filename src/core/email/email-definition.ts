import type { DomainEvent, EventClass, StoredEvent } from '../events/domain-event.js';
import type { User } from '../users/user.js';
import type { EmailTemplate } from './email-template.js';

/** The values of an email. Templates see an instant as text, such as `24 November 2026, 08:30 UTC`. */
export type EmailData = Readonly<Record<string, string | Date | null>>;

/** The recipient and values of one email. */
export interface ComposedEmail<Data extends EmailData = EmailData> {
  /** The user that the email is about, and who is greeted. */
  readonly owner: User;
  /** The recipient, if it is not the address of the owner. */
  readonly to?: string;
  readonly data: Data;
}

/**
 * How emails of one kind to one recipient are limited: when they are requested, or when they are sent, by the interval
 * between two of them or by their number per hour.
 */
export type EmailLimitRule = 'when-requested' | 'interval' | 'hourly';

/** A kind of email, and the event that triggers it. */
export interface EmailDefinition<Event extends DomainEvent = DomainEvent, Data extends EmailData = EmailData> {
  /** Part of the name of its template files and of its Message-ID. */
  readonly kind: string;
  readonly template: EmailTemplate;
  /** Data to try templates with. */
  readonly sample: Data;
  /** The values of the sample that may be null. */
  readonly nullable?: readonly (string & keyof Data)[];
  readonly limit: EmailLimitRule;
  readonly sentOn: readonly EventClass<Event>[];
  /**
   * Unique among the listeners of one event, so that each email of an event is retried separately.
   * @default 'mail'
   */
  readonly listener?: string;
  /** Returns `false` if an event triggers no email. Sees only what is stored with the event. */
  wants?(event: StoredEvent<Event>): boolean;
  /**
   * Reads the current values of the email, possibly hours after the event. If it returns `undefined`, nothing is sent.
   * @param core the parts of the subgraph
   */
  compose(event: Event, core: never): Promise<ComposedEmail<NoInfer<Data>> | undefined>;
}

/** Infers the types, so that the compiler checks the parts of a definition against each other. */
export function defineEmail<Event extends DomainEvent, Data extends EmailData>(
  email: EmailDefinition<Event, Data>,
): EmailDefinition<Event, Data> {
  return email;
}
