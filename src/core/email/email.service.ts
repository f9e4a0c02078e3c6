import type { DomainEvent } from '../events/domain-event.js';
import type { EventBus, ListenerOptions } from '../events/event-bus.js';
import type { User } from '../users/user.js';
import type { EmailDefinition, ComposedEmail } from './email-definition.js';
import type { EmailLimitService } from './email-limit.service.js';
import type { EmailTemplates } from './email-templates.js';
import type { Mailer } from './mailer.js';

export interface EmailDependencies {
  readonly emails: readonly EmailDefinition[];
  readonly emailLimits: EmailLimitService;
  readonly mailer: Mailer;
  readonly templates: EmailTemplates;
}

/**
 * Sends emails to users about events on their accounts. The values are read when an email is sent, possibly hours after
 * the event; see docs/guides/emails.md.
 */
export class EmailService {
  constructor(private readonly deps: EmailDependencies) {}

  /**
   * Registers a listener for each email.
   * @param core the parts of the subgraph
   */
  listenTo(bus: EventBus, core: object): void {
    for (const email of this.deps.emails) {
      const options: ListenerOptions<DomainEvent> = {
        name: email.listener ?? 'mail',
        ...(email.wants && { wants: (event: DomainEvent) => email.wants?.(event) !== false }),
      };
      for (const type of email.sentOn) bus.onEmail(type, (event) => this.send(email, event, core), options);
    }
  }

  /** The Message-ID is derived from the event, so that mail programs can recognise a repeated delivery. */
  private async send(email: EmailDefinition, event: DomainEvent, core: object): Promise<void> {
    const { emailLimits, mailer, templates } = this.deps;
    const composed = await email.compose(event, core as never);
    if (!composed) return;
    const { kind, limit } = email;
    const { eventId } = event;
    const { data, owner, to = owner.email } = composed;
    if (limit !== 'when-requested' && !(await emailLimits.allowsNotice(kind, limit, { to, eventId }))) return;
    const content = templates.render(kind, { ...data, name: nameFor(owner, to) }, owner.locale);
    await mailer.send({ ...content, to, id: `${kind}.${eventId}` });
  }
}

/**
 * Anyone can register another person's address under a name such as "Your account is locked, call …". So the name is
 * used only for an address that its owner has verified.
 */
function nameFor(owner: User, to: string): ComposedEmail['data'][string] {
  return owner.emailVerifiedAt !== null && owner.email === to ? owner.firstName : null;
}
