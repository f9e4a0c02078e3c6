import type { DomainEvent, EventClass } from '../events/domain-event.js';
import type { User } from '../users/user.js';
import type { EmailTemplate } from './email-template.js';

/** What an email tells. Templates see an instant as text, such as `24 November 2026, 08:30 UTC`. */
export type EmailData = Readonly<Record<string, string | Date | null>>;

/** One email, ready to be worded. */
export interface ComposedEmail<Data extends EmailData = EmailData> {
  /** Whose account it is about, and who is greeted. */
  readonly owner: User;
  /** The recipient, if it is not the address of the owner. */
  readonly to?: string;
  readonly data: Data;
}

/**
 * How the number of emails of one kind to one recipient is limited: when they are requested, or when they are sent, by the
 * time between two of them or by their number in an hour.
 */
export type EmailLimitRule = 'when-requested' | 'interval' | 'hourly';

/** A kind of email, and the events that it tells of. */
export interface EmailDefinition<Event extends DomainEvent = DomainEvent, Data extends EmailData = EmailData> {
  /** Part of the name of its template files and of its Message-ID. */
  readonly kind: string;
  readonly template: EmailTemplate;
  /** Data to try templates with. */
  readonly sample: Data;
  readonly limit: EmailLimitRule;
  readonly sentOn: readonly EventClass<Event>[];
  /**
   * Tells the listeners of one event apart: where one email fails, another of the same event is not sent twice.
   * @default 'mail'
   */
  readonly listener?: string;
  /**
   * Looks up what the email says, which may be hours after the event. Without a result nothing is sent.
   * @param core what the subgraph is made of
   */
  compose(event: Event, core: never): Promise<ComposedEmail<NoInfer<Data>> | undefined>;
}

/** Lets the compiler check the parts of a definition against each other. */
export function defineEmail<Event extends DomainEvent, Data extends EmailData>(
  email: EmailDefinition<Event, Data>,
): EmailDefinition<Event, Data> {
  return email;
}
