import { Agent, request } from 'node:http';

/** A response: its status and text. */
export interface Reply {
  readonly status: number;
  readonly text: string;
}

export interface Measured {
  readonly requests: number;
  readonly failures: number;
  readonly seconds: number;
  /** The duration of each request in milliseconds, sorted. */
  readonly latencies: readonly number[];
}

/** Sends the next request of one client; returns whether it succeeded. */
export type Step = (client: number) => Promise<boolean>;

const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });

export async function post(url: string, body: string, token?: string): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    };
    const outgoing = request(url, { method: 'POST', agent, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/**
 * Runs the steps of that many clients for a limited time; each client starts the next step when the last one is done.
 */
export async function drive(clients: number, seconds: number, step: Step): Promise<Measured> {
  const latencies: number[] = [];
  let failures = 0;
  const start = performance.now();
  const end = start + seconds * 1000;
  await Promise.all(
    Array.from({ length: clients }, async (_value, client) => {
      while (performance.now() < end) {
        const sent = performance.now();
        // A broken connection is a failure of the server, and must not hide the results of the other clients.
        if (!(await step(client).catch(() => false))) failures += 1;
        latencies.push(performance.now() - sent);
      }
    }),
  );
  latencies.sort((left, right) => left - right);
  return { requests: latencies.length, failures, seconds: (performance.now() - start) / 1000, latencies };
}

export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
