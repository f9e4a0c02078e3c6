import { constants } from 'node:fs';
import { access, open, stat, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { StateConflictError } from '../../core/errors/state-conflict.error.js';
import type { RejectedLines } from './user-import.service.js';

/** Addresses are personal data. */
const OWNER_ONLY = 0o600;

/** A file with the lines that could not be imported. Created with the first of them. */
export class RejectedFile implements RejectedLines {
  private file: FileHandle | undefined;
  private size = 0;

  /** @param source the path of the file that is imported, if it is one */
  constructor(
    readonly path: string,
    private readonly source?: string,
  ) {}

  async begin(): Promise<void> {
    try {
      this.file = await this.openExisting();
      if (!this.file) return;
      const { dev, ino } = await this.file.stat();
      const source = this.source === undefined ? undefined : await stat(this.source);
      if (source?.dev === dev && source.ino === ino) throw this.refusal('it is the file that is imported');
      await this.file.truncate();
    } catch (error) {
      throw error instanceof StateConflictError ? error : this.refusal(String((error as NodeJS.ErrnoException).code));
    }
  }

  async write(text: string, at: number): Promise<void> {
    try {
      await this.append(text, at);
    } catch (error) {
      throw this.refusal(String((error as NodeJS.ErrnoException).code));
    }
  }

  private async append(text: string, at: number): Promise<void> {
    this.file ??= await open(this.path, constants.O_WRONLY | constants.O_CREAT, OWNER_ONLY);
    // The transaction of a batch may run twice.
    if (at < this.size) await this.file.truncate(at);
    // At its place, because a process that takes over may list the same lines at the same time.
    const bytes = Buffer.from(text);
    for (let done = 0; done < bytes.length;)
      done += (await this.file.write(bytes, done, bytes.length - done, at + done)).bytesWritten;
    this.size = at + bytes.length;
  }

  async close(): Promise<void> {
    await this.file?.close();
  }

  private refusal(reason: string): StateConflictError {
    const problem = `Rejected lines cannot be written to ${this.path} (${reason}). Name another file with --rejected.`;
    return new StateConflictError('rejected', problem);
  }

  /** Returns `undefined` if there is no file yet, but one can be created. */
  private async openExisting(): Promise<FileHandle | undefined> {
    try {
      return await open(this.path, constants.O_WRONLY);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      await access(dirname(this.path), constants.W_OK | constants.X_OK);
      return undefined;
    }
  }
}
