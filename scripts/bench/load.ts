import { Agent, request } from 'node:http';

/** One answer: its status and text. */
export interface Reply {
  readonly status: number;
  readonly text: string;
}

export interface Measured {
  readonly requests: number;
  readonly failures: number;
  readonly seconds: number;
  /** Milliseconds of each request, sorted. */
  readonly latencies: readonly number[];
}

/** One client's next request; answers whether it succeeded. */
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

/** Has so many clients repeat their step, each the next as soon as the last is answered, for a bounded time. */
export async function drive(clients: number, seconds: number, step: Step): Promise<Measured> {
  const latencies: number[] = [];
  let failures = 0;
  const start = performance.now();
  const end = start + seconds * 1000;
  await Promise.all(
    Array.from({ length: clients }, async (_value, client) => {
      while (performance.now() < end) {
        const sent = performance.now();
        // A connection that breaks is a failure of the server, and must not hide what the other clients saw.
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
