import { setTimeout as wait } from 'node:timers/promises';
import type { Logger } from '../../packages/embedded-postgres/src/index.js';

const QUIET_MS = 300;

/** What the PostgreSQL server writes to its log. */
export class ServerLog {
  private lines: string[] = [];

  readonly logger: Logger = {
    debug: (details: object) => {
      if ('line' in details && typeof details.line === 'string') this.lines.push(details.line);
    },
    info: () => undefined,
    warn: (details: object, message: string) => {
      console.error(message, details);
    },
    error: (details: object, message: string) => {
      console.error(message, details);
    },
  };

  /** Returns the text since the last call, once the server has finished writing. */
  async take(): Promise<string> {
    let length = -1;
    while (length !== this.lines.length) {
      length = this.lines.length;
      await wait(QUIET_MS);
    }
    const text = this.lines.join('\n');
    this.lines = [];
    return text;
  }
}
