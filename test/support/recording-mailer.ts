import { noteTokens } from './token-in.js';
import { MailDeliveryError, type Mail, type Mailer } from '../../src/core/email/mailer.js';

/** Records emails instead of sending them, and lets a test wait for one. */
export class RecordingMailer implements Mailer {
  readonly mails: Mail[] = [];
  /** The ids of emails that were sent while the mail server was down, once per attempt. */
  readonly refused: string[] = [];
  /** While true, nothing is accepted, as if the mail server were down. */
  isDown = false;

  async send(mail: Mail): Promise<void> {
    noteTokens(mail.text);
    if (this.isDown) {
      this.refused.push(mail.id);
      return Promise.reject(new MailDeliveryError('ECONNECTION'));
    }
    this.mails.push(mail);
    return Promise.resolve();
  }

  /** The emails of a kind to an address, oldest first. */
  to(address: string, kind?: string): Mail[] {
    return this.mails.filter(({ to, id }) => to === address && (kind === undefined || id.startsWith(`${kind}.`)));
  }

  /** Waits until there are that many emails of a kind to an address; returns the last one. */
  async next(address: string, kind: string, count = 1): Promise<Mail> {
    for (let wait = 0; wait < 200; wait += 1) {
      const mail = this.to(address, kind)[count - 1];
      if (mail) return mail;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`no ${kind} mail came; there were: ${this.mails.map(({ id }) => id).join(', ')}`);
  }

  /** Waits for an email and returns the token of its link. */
  async token(address: string, kind: string, count = 1): Promise<string> {
    const { text } = await this.next(address, kind, count);
    const token = /[?&]token=([\w-]+)/.exec(text)?.[1];
    if (token === undefined) throw new Error(`the ${kind} mail has no token`);
    return token;
  }
}
