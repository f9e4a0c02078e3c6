import type { AuthConfig } from '../config/config.js';
import type { EventBus } from '../events/event-bus.js';
import { addSeconds } from '../kernel/clock.js';
import {
  AccountLocked,
  EmailChanged,
  EmailChangeRequested,
  EmailVerificationRequested,
  PasswordChanged,
  PasswordReset,
  PasswordResetRequested,
  RegistrationRefused,
  UserLoggedIn,
  type DomainEvent,
} from '../kernel/events.js';
import type { UserRepository } from '../users/user.repository.js';
import type { EmailLimitService } from './email-limit.service.js';
import type { Links } from './links.js';
import { isNotice, type MailData, type MailKind } from './mail-kind.js';
import type { MailTemplates } from './mail-templates.js';
import type { Mailer } from './mailer.js';

export interface MailDependencies {
  readonly users: UserRepository;
  readonly limits: EmailLimitService;
  readonly mailer: Mailer;
  readonly templates: MailTemplates;
  readonly links: Links;
  readonly config: AuthConfig;
  readonly describeDevice: (userAgent: string) => string | null;
}

const LISTENER = 'mail';

/** Writes to people about what happened to their accounts. */
export class MailService {
  constructor(private readonly deps: MailDependencies) {}

  /** Starts to listen. */
  listenTo(bus: EventBus): void {
    bus.on(EmailVerificationRequested, (event) => this.onVerification(event), LISTENER);
    bus.on(PasswordResetRequested, (event) => this.onReset(event), LISTENER);
    bus.on(RegistrationRefused, (event) => this.onRegistrationRefused(event), LISTENER);
    bus.on(EmailChangeRequested, (event) => this.onEmailChangeRequested(event), LISTENER);
    // A second listener of the same event: where one mail fails, the other is not sent twice.
    bus.on(EmailChangeRequested, (event) => this.onEmailChangeNoticed(event), 'mail-notice');
    bus.on(EmailChanged, (event) => this.onEmailChanged(event), LISTENER);
    bus.on(PasswordChanged, (event) => this.onPasswordSet(event), LISTENER);
    bus.on(PasswordReset, (event) => this.onPasswordSet(event), LISTENER);
    bus.on(AccountLocked, (event) => this.onLocked(event), LISTENER);
    bus.on(UserLoggedIn, (event) => this.onLoggedIn(event), LISTENER);
  }

  private async onVerification(event: EmailVerificationRequested): Promise<void> {
    const { config, links } = this.deps;
    const expiresAt = addSeconds(event.occurredAt, config.registration.verificationTokenTtlSeconds);
    const link = links.verifyEmail(event.token);
    await this.send('verify-email', event, event.email, { ...(await this.greet(event.userId)), link, expiresAt });
  }

  private async onReset(event: PasswordResetRequested): Promise<void> {
    const { config, links } = this.deps;
    const expiresAt = addSeconds(event.occurredAt, config.password.resetTokenTtlSeconds);
    const link = links.resetPassword(event.token);
    await this.send('reset-password', event, event.email, { ...(await this.greet(event.userId)), link, expiresAt });
  }

  private async onRegistrationRefused(event: RegistrationRefused): Promise<void> {
    const owner = await this.deps.users.findActiveByEmail(event.email);
    if (!owner) return;
    const { links } = this.deps;
    const data = { name: owner.firstName, loginLink: links.login(), resetLink: links.resetPage() };
    await this.send('already-registered', event, event.email, data);
  }

  private async onEmailChangeRequested(event: EmailChangeRequested): Promise<void> {
    const { config, links } = this.deps;
    await this.send('change-email-confirm', event, event.newEmail, {
      ...(await this.greet(event.userId)),
      newEmail: event.newEmail,
      link: links.confirmEmailChange(event.token),
      expiresAt: addSeconds(event.occurredAt, config.registration.verificationTokenTtlSeconds),
    });
  }

  private async onEmailChangeNoticed(event: EmailChangeRequested): Promise<void> {
    const data = { ...(await this.greet(event.userId)), newEmail: event.newEmail };
    await this.send('change-email-notice', event, event.email, data);
  }

  /** Goes to the address that the account had, whose owner would not notice otherwise. */
  private async onEmailChanged(event: EmailChanged): Promise<void> {
    const data = { ...(await this.greet(event.userId)), newEmail: event.email, at: event.occurredAt };
    await this.send('email-changed', event, event.previousEmail, data);
  }

  private async onPasswordSet(event: PasswordChanged | PasswordReset): Promise<void> {
    const owner = await this.deps.users.findById(event.userId);
    if (!owner) return;
    const data = { name: owner.firstName, at: event.occurredAt, resetLink: this.deps.links.resetPage() };
    await this.send('password-changed', event, owner.email, data);
  }

  private async onLocked(event: AccountLocked): Promise<void> {
    const owner = await this.deps.users.findById(event.userId);
    if (!owner) return;
    const unlockAt = addSeconds(event.occurredAt, this.deps.config.lockout.durationSeconds);
    const data = { name: owner.firstName, unlockAt, resetLink: this.deps.links.resetPage() };
    await this.send('account-locked', event, owner.email, data);
  }

  private async onLoggedIn(event: UserLoggedIn): Promise<void> {
    if (!event.newDevice) return;
    const owner = await this.deps.users.findById(event.userId);
    if (!owner) return;
    await this.send('new-device', event, owner.email, {
      name: owner.firstName,
      deviceName: event.deviceInfo === null ? null : this.deps.describeDevice(event.deviceInfo),
      ipAddress: event.ipAddress,
      at: event.occurredAt,
    });
  }

  private async greet(userId: string): Promise<{ name: string | null }> {
    return { name: (await this.deps.users.findById(userId))?.firstName ?? null };
  }

  /** The Message-ID follows from the event, so that a repeated delivery is one mail to whoever looks at it. */
  private async send<Kind extends MailKind>(
    kind: Kind,
    { eventId }: DomainEvent,
    to: string,
    data: MailData[Kind],
  ): Promise<void> {
    if (isNotice(kind) && !(await this.deps.limits.allowsNotice(kind, to, eventId))) return;
    const content = this.deps.templates.render(kind, data);
    await this.deps.mailer.send({ ...content, to, id: `${kind}.${eventId}` });
  }
}
