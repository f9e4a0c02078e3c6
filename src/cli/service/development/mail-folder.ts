import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The number of emails that the preview lists. */
const MAX_LISTED = 50;
/** The names that the file mailer gives: the instant, then the id of the email. */
const FILE = /^[\w.-]+\.eml$/;

/** An email as the preview shows it. */
export interface StoredMail {
  /** The name of its file. */
  readonly name: string;
  readonly to: string;
  readonly subject: string;
  /** Such as `2026-11-24T08:30:00.000Z`. */
  readonly sentAt: string;
  readonly text: string;
  readonly html: string;
}

/** Reads the emails that the file mailer has written to a folder, newest first. */
export class MailFolder {
  constructor(private readonly folder: string) {}

  async list(): Promise<StoredMail[]> {
    return Promise.all((await this.names()).slice(0, MAX_LISTED).map((name) => this.read(name)));
  }

  /** Returns `undefined` if there is no such email. */
  async find(name: string): Promise<StoredMail | undefined> {
    // Names are compared with those in the folder, so that no path of a request reaches the file system.
    return (await this.names()).includes(name) ? this.read(name) : undefined;
  }

  private async names(): Promise<string[]> {
    const names = await readdir(this.folder).catch((error: unknown) => {
      // The mailer creates the folder with the first email.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    });
    return names
      .filter((name) => FILE.test(name))
      .sort()
      .reverse();
  }

  private async read(name: string): Promise<StoredMail> {
    const [{ default: PostalMime }, source] = await Promise.all([
      import('postal-mime'),
      readFile(join(this.folder, name)),
    ]);
    const { date = '', html = '', subject = '', text = '', to = [] } = await PostalMime.parse(source);
    return { name, to: to.map(({ address = '' }) => address).join(', '), subject, sentAt: date, text, html };
  }
}
