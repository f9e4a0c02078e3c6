import type { EventBus } from '../events/event-bus.js';
import type { Clock } from '../../platform/clock.js';
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
} from '../events/events.js';
import type { LoginAttemptRepository } from '../attempts/login-attempt.repository.js';
import type { User } from '../users/user.js';
import type { UserRepository } from '../users/user.repository.js';
import type { EmailLimitService } from './email-limit.service.js';
import type { Links } from './links.js';
import { isNotice, type MailData, type MailKind } from './mail-kind.js';
import type { MailTemplates } from './mail-templates.js';
import type { Mailer } from './mailer.js';

export interface MailDependencies {
  readonly users: UserRepository;
  readonly limits: EmailLimitService;
  readonly attempts: LoginAttemptRepository;
  readonly mailer: Mailer;
  readonly templates: MailTemplates;
  readonly links: Links;
  readonly clock: Clock;
  /** A label from our own list, or null: whoever signed in chose the words of the User-Agent. */
  readonly describeDevice: (userAgent: string) => string | null;
}

/** Which event an email is about, whose account that is, and where the email goes: to the owner unless `to` says otherwise. */
interface Envelope {
  readonly eventId: string;
  readonly owner: User;
  readonly to?: string;
}

const LISTENER = 'mail';

/**
 * Writes to people about what happened to their accounts. Whatever an email says is looked up again when it is sent, which
 * may be hours after the event; docs/guides/emails.md lists what.
 */
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

  private async onVerification({ userId, token, expiresAt, eventId }: EmailVerificationRequested): Promise<void> {
    const owner = await this.activeUser(userId);
    if (!owner) return;
    const link = this.deps.links.verifyEmail(token);
    await this.send('verify-email', { eventId, owner }, { link, expiresAt });
  }

  private async onReset({ userId, token, expiresAt, eventId }: PasswordResetRequested): Promise<void> {
    const owner = await this.activeUser(userId);
    if (!owner) return;
    const link = this.deps.links.resetPassword(token);
    await this.send('reset-password', { eventId, owner }, { link, expiresAt });
  }

  private async onRegistrationRefused({ email, eventId }: RegistrationRefused): Promise<void> {
    const owner = await this.deps.users.findActiveByEmail(email);
    if (!owner) return;
    const { links } = this.deps;
    const data = { loginLink: links.login(), resetLink: links.resetPage() };
    await this.send('already-registered', { eventId, owner }, data);
  }

  private async onEmailChangeRequested(event: EmailChangeRequested): Promise<void> {
    const { eventId, expiresAt, newEmail, token } = event;
    const owner = await this.changingUser(event);
    if (!owner) return;
    const link = this.deps.links.confirmEmailChange(token);
    await this.send('change-email-confirm', { eventId, owner, to: newEmail }, { newEmail, link, expiresAt });
  }

  private async onEmailChangeNoticed(event: EmailChangeRequested): Promise<void> {
    const { eventId, newEmail } = event;
    const owner = await this.changingUser(event);
    if (owner) await this.send('change-email-notice', { eventId, owner }, { newEmail });
  }

  /** Goes to the address that the account had, whose owner would not notice otherwise. */
  private async onEmailChanged({ userId, eventId, email, previousEmail, occurredAt }: EmailChanged): Promise<void> {
    const owner = await this.activeUser(userId);
    if (!owner) return;
    await this.send('email-changed', { eventId, owner, to: previousEmail }, { newEmail: email, at: occurredAt });
  }

  private async onPasswordSet({ userId, eventId, occurredAt }: PasswordChanged | PasswordReset): Promise<void> {
    const owner = await this.activeUser(userId);
    if (!owner) return;
    const data = { at: occurredAt, resetLink: this.deps.links.resetPage() };
    await this.send('password-changed', { eventId, owner }, data);
  }

  private async onLocked({ userId, eventId }: AccountLocked): Promise<void> {
    const { attempts, clock, links } = this.deps;
    const owner = await this.activeUser(userId);
    const unlockAt = owner && (await attempts.findLockedUntil(owner.email, clock.now()));
    if (unlockAt) await this.send('account-locked', { eventId, owner }, { unlockAt, resetLink: links.resetPage() });
  }

  private async onLoggedIn({ userId, eventId, newDevice, ...event }: UserLoggedIn): Promise<void> {
    if (!newDevice) return;
    const owner = await this.activeUser(userId);
    if (!owner) return;
    const deviceName = event.deviceInfo === null ? null : this.deps.describeDevice(event.deviceInfo);
    const data = { deviceName, ipAddress: event.ipAddress, at: event.occurredAt };
    await this.send('new-device', { eventId, owner }, data);
  }

  private async activeUser(userId: string): Promise<User | undefined> {
    const user = await this.deps.users.findById(userId);
    return user?.active ? user : undefined;
  }

  /** The user who asked for another address, while the account still has the one that it is about to lose. */
  private async changingUser({ userId, email }: EmailChangeRequested): Promise<User | undefined> {
    const user = await this.activeUser(userId);
    return user?.email === email ? user : undefined;
  }

  /** The Message-ID follows from the event, so that a repeated delivery is one email to whoever looks at it. */
  private async send<Kind extends MailKind>(
    kind: Kind,
    { eventId, owner, to = owner.email }: Envelope,
    data: Omit<MailData[Kind], 'name'>,
  ): Promise<void> {
    if (isNotice(kind) && !(await this.deps.limits.allowsNotice(kind, to, eventId))) return;
    const content = this.deps.templates.render(kind, { ...data, name: nameFor(owner, to) } as MailData[Kind]);
    await this.deps.mailer.send({ ...content, to, id: `${kind}.${eventId}` });
  }
}

/**
 * Anybody can register somebody else's address under a name such as "Your account is locked, call …". So a name greets
 * only an address that its owner has verified.
 */
function nameFor(owner: User, to: string): string | null {
  return owner.emailVerifiedAt !== null && owner.email === to ? owner.firstName : null;
}
