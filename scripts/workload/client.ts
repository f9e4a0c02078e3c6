import { setTimeout as wait } from 'node:timers/promises';
import { attempt, type Call, type Outcome } from './api.js';
import type { Mailbox } from './mailbox.js';
import type { Person, Session } from './person.js';
import type { SeededRandom } from './random.js';
import type { Route } from './route.js';
import type { Tally } from './tally.js';

const PAUSE_MS = 250;
const MAX_PAUSE_MS = 2_000;
/** Longer than any outage of a run. */
const PATIENCE_MS = 120_000;

/** Thrown if a client stops repeating an operation without knowing whether it took effect. */
export class GivenUp extends Error {}

export interface Settled {
  readonly outcome: Outcome;
  /** The number of earlier attempts that may have taken effect. */
  readonly doubtful: number;
  /** The time since the first attempt. */
  readonly seconds: number;
}

export interface World {
  readonly tally: Tally;
  readonly mailbox: Mailbox;
  readonly people: Person[];
  readonly random: SeededRandom;
  /** How likely a client is to give up after an attempt that may have taken effect. */
  readonly givesUp: number;
}

/** Repeats the operations of one user until they are answered. */
export class Client {
  constructor(
    readonly world: World,
    private readonly route: Route,
  ) {}

  /** Repeats an operation until it is answered. @throws GivenUp only if `mayGiveUp` is set */
  async settle(call: Call, { mayGiveUp = false } = {}): Promise<Settled> {
    const { tally, random, givesUp } = this.world;
    const start = performance.now();
    for (let doubtful = 0; ;) {
      const answer = await attempt(this.route, call, tally);
      const elapsed = performance.now() - start;
      if ('outcome' in answer) return { outcome: answer.outcome, doubtful, seconds: elapsed / 1000 };
      const { mayHaveHappened, retryAfterSeconds = 0 } = answer.unanswered;
      if (mayHaveHappened) doubtful += 1;
      if (mayHaveHappened && mayGiveUp && random.happens(givesUp)) throw new GivenUp();
      if (elapsed > PATIENCE_MS) {
        this.violated(`${call.operation} was not answered for ${String(PATIENCE_MS / 1000)} s`);
        throw new GivenUp();
      }
      await wait(PAUSE_MS + Math.min(retryAfterSeconds * 1000, random.next() * MAX_PAUSE_MS));
    }
  }

  violated(problem: string): void {
    this.world.tally.violated(problem);
  }

  /** Reports an outcome that contradicts what the service has acknowledged. */
  unexpected(operation: string, { outcome, doubtful }: Settled, person: Person): void {
    const history = `${String(doubtful)} unacknowledged attempts before`;
    this.violated(`${operation} by ${person.email} answered ${outcome.__typename} (${history})`);
  }

  close(): void {
    this.route.close();
  }
}

/** The session in a successful sign-in. */
export function sessionIn({ session, tokens }: Outcome): Session | undefined {
  if (!session || !tokens) return undefined;
  return { id: session.id, accessToken: tokens.accessToken, refreshToken: tokens.refreshToken };
}
