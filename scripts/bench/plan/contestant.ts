import type { StartCommand } from '../service/program.js';
import type { Server } from '../service/server.js';
import type { Exchanges } from '../operations/exchanges.js';

/** A running server with registered accounts. */
export interface Contestant {
  readonly server: Server;
  readonly exchanges: Exchanges;
  /** The statements per second while it has nothing to do. */
  readonly idlePerSecond: number;
  /** How to start it once more. */
  readonly start: StartCommand;
}
