import type { CallerConnection } from '../../platform/http/request-origin.js';
import { TooManyRequestsError } from '../errors/errors.js';

/** Callers give up after that, so longer waits would be wasted. */
const MAX_WAIT_SECONDS = 5;
/** Bounds the memory even if hashes are cheap. */
const MAX_WAITING_PER_THREAD = 1000;
/** The weight of the latest hash in the average. */
const WEIGHT = 0.1;

interface Waiting {
  readonly caller: CallerConnection | undefined;
  readonly run: () => void;
  readonly refuse: (error: Error) => void;
}

/** Runs a limited number of hashes at a time, and limits how long the others wait. */
export class HashQueue {
  private waiting: Waiting[] = [];
  private running = 0;

  /** @param secondsPerHash an estimate, until hashes have been measured */
  constructor(
    private readonly threads: number,
    private secondsPerHash: number,
  ) {}

  /** How full the queue is, from 0 to 1. */
  get level(): number {
    return this.waiting.length / this.limit;
  }

  /**
   * Runs the work when its turn comes, unless the caller has disconnected by then.
   * @throws TooManyRequestsError the wait would be too long, or the caller has disconnected
   */
  async run<T>(work: () => Promise<T>, caller?: CallerConnection): Promise<T> {
    if (this.level >= 1) this.removeDisconnected();
    if (this.level >= 1) throw new TooManyRequestsError(this.waitSeconds);
    await new Promise<void>((run, refuse) => {
      this.waiting.push({ caller, run, refuse });
      this.next();
    });
    const start = performance.now();
    try {
      const result = await work();
      this.adjustEstimate((performance.now() - start) / 1000);
      return result;
    } finally {
      this.running -= 1;
      this.next();
    }
  }

  private get limit(): number {
    const hashes = Math.floor(MAX_WAIT_SECONDS / this.secondsPerHash);
    return this.threads * Math.max(1, Math.min(MAX_WAITING_PER_THREAD, hashes));
  }

  private get waitSeconds(): number {
    return Math.max(1, Math.ceil((this.waiting.length / this.threads) * this.secondsPerHash));
  }

  private next(): void {
    while (this.running < this.threads) {
      const next = this.waiting.shift();
      if (!next) return;
      if (next.caller?.destroyed) {
        next.refuse(new TooManyRequestsError(this.waitSeconds));
        continue;
      }
      this.running += 1;
      next.run();
    }
  }

  private removeDisconnected(): void {
    const gone = this.waiting.filter(({ caller }) => caller?.destroyed);
    if (gone.length === 0) return;
    this.waiting = this.waiting.filter(({ caller }) => !caller?.destroyed);
    for (const { refuse } of gone) refuse(new TooManyRequestsError(this.waitSeconds));
  }

  private adjustEstimate(seconds: number): void {
    this.secondsPerHash += WEIGHT * (seconds - this.secondsPerHash);
  }
}
