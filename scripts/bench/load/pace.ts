import { setTimeout as wait } from 'node:timers/promises';
import type { Exchange, LoadResult } from './drive.js';
import type { HttpConnection } from './http-connection.js';

export interface Pace {
  readonly perSecond: number;
  readonly seconds: number;
}

/**
 * Sends requests at a fixed pace, however long the responses take. Waiting for a free connection counts as waiting for
 * the response.
 */
export async function pace(
  connections: readonly HttpConnection[],
  exchange: Exchange,
  { perSecond, seconds }: Pace,
): Promise<LoadResult> {
  const latencies: number[] = [];
  const failed: string[] = [];
  const busy = connections.map(() => Promise.resolve());
  const start = performance.now();
  const send = async (client: number, due: number): Promise<void> => {
    try {
      const reply = await connections[client]?.send(exchange.request(client));
      latencies.push(performance.now() - due);
      if (!reply || !exchange.accepts(reply, client))
        failed.push(`${String(reply?.status)} ${reply?.body.toString() ?? ''}`);
    } catch (error) {
      failed.push(String(error));
    }
  };
  for (let n = 0; n < perSecond * seconds; n += 1) {
    const early = start + (n * 1000) / perSecond - performance.now();
    if (early > 0) await wait(early);
    const client = n % connections.length;
    const due = performance.now();
    busy[client] = (busy[client] ?? Promise.resolve()).then(() => send(client, due));
  }
  await Promise.all(busy);
  latencies.sort((left, right) => left - right);
  const elapsed = (performance.now() - start) / 1000;
  return { requests: latencies.length, failures: failed.length, firstFailure: failed[0], seconds: elapsed, latencies };
}
