/** One mail to one person, ready to send. */
export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /**
   * Becomes the Message-ID, so that a repeated delivery can be recognised. Letters, digits, `-` and `_`, in parts
   * joined by dots; such as `verify-email.<uuid>`.
   */
  readonly id: string;
}

/** How mail leaves the subgraph. */
export interface Mailer {
  /** @throws MailDeliveryError the mail was not accepted; whether it arrives is another matter */
  send(mail: Mail): Promise<void>;
  /** Waits for what is being sent, gives up what is not yet, and closes the connections. */
  close?(): Promise<void>;
}

/** Replies that say nothing about the mail: bad sequence of commands, and sign in first. */
const ABOUT_THE_SESSION = new Set([503, 530]);

/**
 * An email was not accepted. Says why by code alone: the error underneath repeats what the server replied and the
 * envelope, and so the recipient, who does not belong in a log.
 */
export class MailDeliveryError extends Error {
  override readonly name = 'MailDeliveryError';

  /**
   * @param code such as `ETIMEDOUT`, `EAUTH`, `ESENDER` (the sender was refused) or `EENVELOPE` (the recipient was)
   * @param responseCode the SMTP reply code, where the server gave one
   */
  constructor(
    readonly code: string,
    readonly responseCode?: number,
  ) {
    super(`The mail could not be delivered (${[code, responseCode].filter((part) => part !== undefined).join(' ')}).`);
  }

  /**
   * Whether the same email would be refused again, so that its delivery is parked instead of tried again. A wrong
   * password, certificate or sender is for the operator to correct, and the email goes out once it is.
   * @see RFC 5321 §4.2.1 (5yz is permanent), RFC 4954 §6 (530: sign in first)
   */
  get permanent(): boolean {
    if (this.code === 'EINVALID') return true;
    if (this.code !== 'EENVELOPE' && this.code !== 'EMESSAGE') return false;
    return this.responseCode !== undefined && this.responseCode >= 500 && !ABOUT_THE_SESSION.has(this.responseCode);
  }
}
