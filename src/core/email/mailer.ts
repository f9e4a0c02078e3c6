/** One email to one recipient, ready to send. */
export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /**
   * Becomes the Message-ID, so that a repeated delivery can be recognised. Parts of letters, digits, `-` and `_`,
   * separated by dots, such as `verify-email.<uuid>`.
   */
  readonly id: string;
}

/** Sends emails. */
export interface Mailer {
  /** The address that emails come from, if the mailer knows it. In production, one on `localhost` causes a warning. */
  readonly senderAddress?: string | undefined;
  /** @throws MailDeliveryError the email was not accepted */
  send(mail: Mail): Promise<void>;
  /** Waits for emails that are being sent, drops those that are waiting, and closes the connections, within 5 seconds. */
  close?(): Promise<void>;
}

/** Replies that do not concern the email: bad sequence of commands, and authentication required. */
const ABOUT_THE_SESSION = new Set([503, 530]);

/**
 * An email was not accepted. The error contains only codes: the original error repeats the envelope and the reply of the
 * server, and so the recipient, who must not be logged.
 */
export class MailDeliveryError extends Error {
  override readonly name = 'MailDeliveryError';

  /**
   * @param code such as `ETIMEDOUT`, `EAUTH`, `ESENDER` (the sender was rejected) or `EENVELOPE` (the recipient was)
   * @param responseCode the SMTP reply code, if the server sent one
   */
  constructor(
    readonly code: string,
    readonly responseCode?: number,
  ) {
    super(`The email could not be delivered (${[code, responseCode].filter((part) => part !== undefined).join(' ')}).`);
  }

  /**
   * Whether a retry would be rejected too, so that the delivery is parked. A wrong password, certificate or sender is not
   * permanent: the email is sent once the operator has fixed it.
   * @see RFC 5321 §4.2.1 (5yz is permanent), RFC 4954 §6 (530: sign in first)
   */
  get permanent(): boolean {
    if (this.code === 'EINVALID') return true;
    if (this.code !== 'EENVELOPE' && this.code !== 'EMESSAGE') return false;
    return this.responseCode !== undefined && this.responseCode >= 500 && !ABOUT_THE_SESSION.has(this.responseCode);
  }
}
