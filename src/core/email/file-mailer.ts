import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { systemClock, type Clock } from '../../platform/clock.js';
import type { Mail, Mailer } from './mailer.js';
import { composeMessage, parseSender } from './message.js';

export interface FileMailerOptions {
  /** Created if it is missing, readable only by this user: the emails contain links that give access to accounts. */
  readonly folder: string;
  readonly from: string;
  /** Prints a message for the developer. */
  readonly announce: (text: string) => void;
  readonly clock?: Clock;
}

/**
 * For development: writes every email to an `.eml` file and prints its link.
 * @throws Error the sender is invalid
 */
export function createFileMailer({ folder, from, announce, clock = systemClock }: FileMailerOptions): Mailer {
  const sender = parseSender(from);
  return {
    async send(mail: Mail): Promise<void> {
      const { createTransport } = await import('nodemailer');
      const transport = createTransport({ streamTransport: true, buffer: true, newline: 'windows' });
      const now = clock.now();
      const { message } = await transport.sendMail({ ...composeMessage(mail, sender), date: now });
      const file = join(folder, `${now.toISOString().replace(/[-:]/g, '')}-${mail.id}.eml`);
      // The mode applies to this folder only: other users may need to access its parent.
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
    `Email to ${mail.to}: ${mail.subject}`,
    ...(link === undefined ? [] : [`  Link: ${link}`]),
    `  File: ${file}`,
  ].join('\n');
}
