import type { SendMailOptions } from 'nodemailer';
import { toAsciiDomain } from './ascii-domain.js';
import { MailDeliveryError, type Mail } from './mailer.js';

// One mailbox, without anything that could end the header or add a second recipient.
const MAILBOX = /^[^\s\p{Cc}@<>(),;:\\"[\]]+@[^\s\p{Cc}@<>(),;:\\"[\]]+$/u;
const CONTROL_CHARACTER = /\p{Cc}/u;
/** RFC 5322 §3.2.3 dot-atom, without characters that are invalid in a file name. */
const ID = /^(?=.{1,150}$)[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*$/;

export interface Sender {
  readonly name: string;
  readonly address: string;
}

/**
 * Reads a sender such as `no-reply@example.com` or `Example, Inc. <no-reply@example.com>`. An international domain becomes
 * ASCII, because headers that are not need a server with SMTPUTF8.
 * @throws Error the text is not one address, with or without a name
 */
export function parseSender(text: string): Sender {
  const [, name = '', address = text.trim()] = /^([^<>]*)<([^<>]*)>\s*$/.exec(text) ?? [];
  const [, local = '', domain = ''] = /^([!-~]+)@(.*)$/.exec(address) ?? [];
  const ascii = toAsciiDomain(domain);
  if (!MAILBOX.test(address) || ascii === '' || CONTROL_CHARACTER.test(name))
    throw new Error(`The sender "${text}" is not an address; use the form Name <no-reply@example.com>.`);
  return { name: unquoted(name.trim()), address: `${local}@${ascii}` };
}

/** Returns the text of a quoted name, in which a backslash escapes a character (RFC 5322 §3.2.4). */
function unquoted(name: string): string {
  const [, quoted] = /^"(.*)"$/.exec(name) ?? [];
  return quoted === undefined ? name : quoted.replace(/\\(.)/g, '$1');
}

/**
 * Converts an email for nodemailer.
 * @throws MailDeliveryError with the code `EINVALID`: the recipient, subject or id could break out of its header
 */
export function composeMessage(mail: Mail, from: Sender): SendMailOptions {
  if (!MAILBOX.test(mail.to) || CONTROL_CHARACTER.test(mail.subject) || !ID.test(mail.id))
    throw new MailDeliveryError('EINVALID');
  return {
    // Objects, because a string would be parsed as a list.
    from: { ...from },
    to: { name: '', address: mail.to },
    subject: mail.subject,
    text: mail.text,
    html: mail.html,
    messageId: `<${mail.id}@${from.address.slice(from.address.lastIndexOf('@') + 1)}>`,
    // Suppresses out-of-office replies (RFC 3834 §5).
    headers: { 'Auto-Submitted': 'auto-generated' },
    xMailer: false,
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}
