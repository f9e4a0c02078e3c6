import { createHash } from 'node:crypto';
import type { PasswordHasher } from '../../src/core/credentials/password-hasher.js';
import { until } from './until.js';

/** A cheap hash that, like a real one, does not contain the password. */
export function cheapHash(password: string): string {
  return createHash('sha256').update(password).digest('hex');
}

/** A hasher whose comparisons wait while its gate is shut. */
export class GatedHasher implements PasswordHasher {
  comparisons = 0;
  private waiting: (() => void)[] = [];
  private isShut = false;

  async hash(password: string): Promise<string> {
    return cheapHash(password);
  }

  async verify(password: string, hash: string | undefined): Promise<boolean> {
    this.comparisons += 1;
    if (this.isShut) await new Promise<void>((resolve) => this.waiting.push(resolve));
    return hash === cheapHash(password);
  }

  needsRehash(): boolean {
    return false;
  }

  shut(): void {
    this.isShut = true;
  }

  /** Releases the waiting comparisons. */
  open(): void {
    this.isShut = false;
    for (const goOn of this.waiting.splice(0)) goOn();
  }

  /** Never releases the waiting comparisons, as if their process had died. */
  abandon(): void {
    this.isShut = false;
    this.waiting = [];
  }

  /** Resolves once this many comparisons are waiting. */
  async haveArrived(count: number): Promise<void> {
    await until(() => this.waiting.length === count, `${String(count)} comparisons`);
  }
}
