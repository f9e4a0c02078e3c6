import type { PasswordHasher } from '../../src/core/credentials/password-hasher.js';
import { until } from './until.js';

/** A hasher whose comparisons wait at a gate while it is shut. */
export class GatedHasher implements PasswordHasher {
  comparisons = 0;
  private waiting: (() => void)[] = [];
  private isShut = false;

  async hash(password: string): Promise<string> {
    return `hash of ${password}`;
  }

  async verify(password: string, hash: string | undefined): Promise<boolean> {
    this.comparisons += 1;
    if (this.isShut) await new Promise<void>((resolve) => this.waiting.push(resolve));
    return hash === `hash of ${password}`;
  }

  needsRehash(): boolean {
    return false;
  }

  shut(): void {
    this.isShut = true;
  }

  /** Lets those that wait go on. */
  open(): void {
    this.isShut = false;
    for (const goOn of this.waiting.splice(0)) goOn();
  }

  /** Never lets those that wait go on, as if their process had died. */
  abandon(): void {
    this.isShut = false;
    this.waiting = [];
  }

  /** Resolves when this many comparisons wait. */
  async haveArrived(count: number): Promise<void> {
    await until(() => this.waiting.length === count, `${String(count)} comparisons`);
  }
}
