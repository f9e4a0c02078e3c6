import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createTransport } from 'nodemailer';
import { systemClock, type Clock } from '../../platform/clock.js';
import type { Mail, Mailer } from './mailer.js';
import { composeMessage, parseSender } from './message.js';

export interface FileMailerOptions {
  /** Created when it is missing, for this user only: the mails hold links that open accounts. */
  readonly folder: string;
  readonly from: string;
  /** Shows a text to whoever started the service. */
  readonly announce: (text: string) => void;
  readonly clock?: Clock;
}

/**
 * For development: writes every mail to a file that mail programs open, and announces it with its link.
 * @throws Error when the sender is not valid
 */
export function createFileMailer({ folder, from, announce, clock = systemClock }: FileMailerOptions): Mailer {
  const sender = parseSender(from);
  const transport = createTransport({ streamTransport: true, buffer: true, newline: 'windows' });
  return {
    async send(mail: Mail): Promise<void> {
      const now = clock.now();
      const { message } = await transport.sendMail({ ...composeMessage(mail, sender), date: now });
      const file = join(folder, `${now.toISOString().replace(/[-:]/g, '')}-${mail.id}.eml`);
      // The mode is for the folder alone: its parent may be one that others have to enter.
      await mkdir(dirname(folder), { recursive: true });
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await writeFile(file, message, { mode: 0o600 });
      announce(announcement(mail, file));
    },
  };
}

function announcement(mail: Mail, file: string): string {
  const link = /https?:\/\/[^\s<>"]+/.exec(mail.text)?.[0];
  return [
    `Mail to ${mail.to}: ${mail.subject}`,
    ...(link === undefined ? [] : [`  Link: ${link}`]),
    `  File: ${file}`,
  ].join('\n');
}
