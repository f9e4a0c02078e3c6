import { HttpConnection } from './http-connection.js';
import type { Reply } from './http-response.js';
import { inRing } from './ring.js';

/** What every client of a load sends, and what it accepts as a response. */
export interface Exchange {
  request(client: number): Buffer;
  accepts(reply: Reply, client: number): boolean;
}

export interface Clients {
  /** The clients are spread evenly over these addresses. */
  readonly urls: readonly string[];
  /** Each client keeps one connection open and sends the next request when the last one is answered. */
  readonly connections: number;
}

export interface Limits {
  readonly seconds: number;
  /** Of all clients together. */
  readonly requests?: number;
}

export interface LoadResult {
  readonly requests: number;
  readonly failures: number;
  readonly firstFailure: string | undefined;
  readonly seconds: number;
  /** The duration of each request in milliseconds, sorted. */
  readonly latencies: readonly number[];
}

const SHOWN_CHARACTERS = 300;
/** Below the backlog of a listening socket. */
const CONNECTED_AT_ONCE = 100;

/** Opens the connections of all clients. */
export async function openAll({ urls, connections }: Clients): Promise<HttpConnection[]> {
  const opened: HttpConnection[] = [];
  while (opened.length < connections) {
    const missing = Math.min(CONNECTED_AT_ONCE, connections - opened.length);
    const addresses = Array.from({ length: missing }, (_, n) => inRing(urls, opened.length + n));
    opened.push(...(await Promise.all(addresses.map((url) => HttpConnection.open(url)))));
  }
  return opened;
}

/** Puts load on the connections until a limit is reached. */
export async function drive(
  connections: readonly HttpConnection[],
  exchange: Exchange,
  { seconds, requests = Number.POSITIVE_INFINITY }: Limits,
): Promise<LoadResult> {
  const latencies: number[] = [];
  const failed: string[] = [];
  let begun = 0;
  const start = performance.now();
  const end = start + seconds * 1000;
  const runClient = async (connection: HttpConnection, client: number): Promise<void> => {
    while (performance.now() < end && begun < requests) {
      begun += 1;
      const sent = performance.now();
      const reply = await connection.send(exchange.request(client));
      latencies.push(performance.now() - sent);
      if (!exchange.accepts(reply, client)) failed.push(describe(reply));
    }
    if (!connection.isOpen) failed.push('the server closed a connection');
  };
  // A lost connection is a failure of the server, and must not hide the results of the other clients.
  const clients = connections.map((connection, client) =>
    runClient(connection, client).catch((error: unknown) => failed.push(String(error))),
  );
  await Promise.all(clients);
  const elapsed = (performance.now() - start) / 1000;
  latencies.sort((left, right) => left - right);
  const [firstFailure] = failed;
  return { requests: latencies.length, failures: failed.length, firstFailure, seconds: elapsed, latencies };
}

function describe({ status, body }: Reply): string {
  return `${String(status)} ${body.toString().slice(0, SHOWN_CHARACTERS)}`;
}
