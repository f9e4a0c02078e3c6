import { TooManyRequestsError } from '../errors/errors.js';

/** Callers who wait for longer have given up, so nobody may have to. */
const MAX_WAIT_SECONDS = 5;
/** Keeps the memory small even if hashes are cheap. */
const MAX_WAITING_PER_THREAD = 1000;
/** The weight of the latest hash in the average. */
const WEIGHT = 0.1;

/** The connection of a caller, such as a socket. */
export interface CallerConnection {
  /** Whether the caller has hung up. */
  readonly destroyed: boolean;
}

interface Waiting {
  readonly caller: CallerConnection | undefined;
  readonly run: () => void;
  readonly refuse: (error: Error) => void;
}

/** Runs a limited number of hashes at a time. The time that the others wait is limited. */
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
   * Runs the work when it is its turn. A caller who has hung up by then is passed over.
   * @throws TooManyRequestsError the wait would be too long
   */
  async run<T>(work: () => Promise<T>, caller?: CallerConnection): Promise<T> {
    if (this.level >= 1) this.passOver();
    if (this.level >= 1) throw new TooManyRequestsError(this.waitSeconds);
    await new Promise<void>((run, refuse) => {
      this.waiting.push({ caller, run, refuse });
      this.next();
    });
    const start = performance.now();
    try {
      const result = await work();
      this.measured((performance.now() - start) / 1000);
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

  /** Makes room by removing the callers who have hung up. */
  private passOver(): void {
    const gone = this.waiting.filter(({ caller }) => caller?.destroyed);
    if (gone.length === 0) return;
    this.waiting = this.waiting.filter(({ caller }) => !caller?.destroyed);
    for (const { refuse } of gone) refuse(new TooManyRequestsError(this.waitSeconds));
  }

  private measured(seconds: number): void {
    this.secondsPerHash += WEIGHT * (seconds - this.secondsPerHash);
  }
}
