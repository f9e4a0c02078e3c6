import { open, type FileHandle } from 'node:fs/promises';
import type { RejectedLines } from './user-import.service.js';

/** Addresses are personal data. */
const OWNER_ONLY = 0o600;

/** A file with the lines that could not be imported. Created with the first of them. */
export class RejectedFile implements RejectedLines {
  private file: FileHandle | undefined;
  private size = 0;

  constructor(readonly path: string) {}

  async truncate(bytes: number): Promise<void> {
    this.size = bytes;
    const file = await open(this.path, 'r+').catch(() => undefined);
    await file?.truncate(bytes);
    await file?.close();
  }

  async append(problems: readonly object[]): Promise<number> {
    this.file ??= await open(this.path, 'a', OWNER_ONLY);
    const text = problems.map((problem) => `${JSON.stringify(problem)}\n`).join('');
    await this.file.appendFile(text);
    // The checkpoint counts on these lines.
    await this.file.sync();
    return (this.size += Buffer.byteLength(text));
  }

  async close(): Promise<void> {
    await this.file?.close();
  }
}
