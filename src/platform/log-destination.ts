import { write, writeSync } from 'node:fs';

/** With it, nobody reads the output any more: the terminal or the pipe was closed. */
const NO_READER = new Set(['EPIPE', 'EIO', 'EBADF']);
const TRY_AGAIN = new Set(['EAGAIN', 'EBUSY']);
const RETRY_MS = 100;
/** How often the end of the process waits for a reader that is too slow. */
const LAST_RETRIES = 10;
/** Lines beyond it are lost, so that a disk without space or a slow reader does not use up the memory. */
const MAX_WAITING = 16 * 1024 * 1024;

/**
 * Writes log lines to standard output or standard error, without waiting for them. Lines that cannot be written are lost; the
 * process goes on and can end. The destinations of pino report such an error as one that nobody handles, and repeat the write
 * at the end of the process until it succeeds.
 */
export class LogDestination {
  private lines = '';
  private chunk = Buffer.alloc(0);
  private state: 'idle' | 'writing' | 'waiting' = 'idle';
  private isClosed = false;

  constructor(private readonly fd: 1 | 2) {
    process.on('exit', () => this.flushSync());
  }

  write(line: string): void {
    if (this.isClosed || this.lines.length > MAX_WAITING) return;
    this.lines += line;
    if (this.state === 'idle') this.writeNext();
  }

  /** Called at the end of the process, and by pino after a fatal error. Gives up if the lines cannot be written. */
  flushSync(): void {
    // What is being written is not written again.
    const isWriting = this.state === 'writing';
    let rest = Buffer.from(this.lines);
    if (!isWriting) rest = Buffer.concat([this.chunk, rest]);
    for (let retries = 0; rest.length > 0 && !this.isClosed;)
      try {
        rest = rest.subarray(writeSync(this.fd, rest));
      } catch (error) {
        if (!isTemporary(error) || (retries += 1) > LAST_RETRIES) break;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS);
      }
    this.lines = '';
    if (!isWriting) this.chunk = Buffer.alloc(0);
  }

  private writeNext(): void {
    if (this.chunk.length === 0) {
      this.chunk = Buffer.from(this.lines);
      this.lines = '';
    }
    this.state = this.chunk.length > 0 ? 'writing' : 'idle';
    if (this.chunk.length > 0) write(this.fd, this.chunk, (error, written) => this.afterWrite(error, written));
  }

  private afterWrite(error: NodeJS.ErrnoException | null, written: number): void {
    this.state = isTemporary(error) ? 'waiting' : 'idle';
    if (this.state === 'waiting') setTimeout(() => this.writeNext(), RETRY_MS);
    this.isClosed = NO_READER.has(error?.code ?? '');
    if (this.isClosed) this.lines = '';
    // After another error, such as a full disk, the next line tries again.
    if (error) return;
    this.chunk = this.chunk.subarray(written);
    this.writeNext();
  }
}

function isTemporary(error: unknown): boolean {
  return TRY_AGAIN.has((error as NodeJS.ErrnoException | null)?.code ?? '');
}
