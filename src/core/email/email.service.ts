import type { DomainEvent } from '../events/domain-event.js';
import type { EventBus } from '../events/event-bus.js';
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
 * Writes to people about what happened to their accounts. Whatever an email says is looked up again when it is sent, which
 * may be hours after the event; docs/guides/emails.md lists what.
 */
export class EmailService {
  constructor(private readonly deps: EmailDependencies) {}

  /**
   * Starts to listen.
   * @param core what the emails are composed from
   */
  listenTo(bus: EventBus, core: object): void {
    for (const email of this.deps.emails)
      for (const type of email.sentOn) bus.on(type, (event) => this.send(email, event, core), email.listener ?? 'mail');
  }

  /** The Message-ID follows from the event, so that a repeated delivery is one email to whoever looks at it. */
  private async send(email: EmailDefinition, event: DomainEvent, core: object): Promise<void> {
    const { emailLimits, mailer, templates } = this.deps;
    const composed = await email.compose(event, core as never);
    if (!composed) return;
    const { kind, limit } = email;
    const { eventId } = event;
    const { data, owner, to = owner.email } = composed;
    if (limit !== 'when-requested' && !(await emailLimits.allowsNotice(kind, limit, { to, eventId }))) return;
    const content = templates.render(kind, { ...data, name: nameFor(owner, to) });
    await mailer.send({ ...content, to, id: `${kind}.${eventId}` });
  }
}

/**
 * Anybody can register somebody else's address under a name such as "Your account is locked, call …". So a name greets
 * only an address that its owner has verified.
 */
function nameFor(owner: User, to: string): ComposedEmail['data'][string] {
  return owner.emailVerifiedAt !== null && owner.email === to ? owner.firstName : null;
}
