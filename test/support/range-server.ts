import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterAll } from '@jest/globals';

interface RangeRequest {
  readonly path: string | undefined;
  readonly headers: IncomingHttpHeaders;
}

/** Writes a response. */
type Respond = (response: ServerResponse) => unknown;

export interface RangeServer {
  readonly url: string;
  readonly requests: RangeRequest[];
  /** Sets how the following requests are answered. */
  respond(how: Respond): void;
  /** Resets the open connections, and accepts no more. */
  stop(): void;
}

/** The SHA-1 hash of a password, as a range server splits it. */
export function rangeOf(password: string): { prefix: string; suffix: string } {
  const hash = createHash('sha1').update(password).digest('hex').toUpperCase();
  return { prefix: hash.slice(0, 5), suffix: hash.slice(5) };
}

/** The lines of a range: passwords that were found, and lines that only pad the response. */
export function rangeOfPasswords(found: readonly string[], padding: readonly string[] = []): string {
  const lines = [
    ...found.map((password) => `${rangeOf(password).suffix}:3`),
    ...padding.map((password) => `${rangeOf(password).suffix}:0`),
    `${'0'.repeat(34)}F:0`,
  ];
  return lines.join('\r\n');
}

const running = new Set<Server>();
afterAll(() => {
  for (const server of running) {
    server.close();
    server.closeAllConnections();
  }
});

/** Starts a local server in the format of Pwned Passwords. It is closed after the tests of the file. */
export async function startRangeServer(): Promise<RangeServer> {
  const requests: RangeRequest[] = [];
  let respond: Respond = (response) => response.end(rangeOfPasswords([]));
  const server = createServer(({ url: path, headers }, response) => {
    requests.push({ path, headers });
    respond(response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  running.add(server);
  const { port } = server.address() as AddressInfo;
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket));
  const stop = (): void => {
    server.close();
    for (const socket of sockets) socket.resetAndDestroy();
  };
  return { url: `http://127.0.0.1:${String(port)}/range/`, requests, respond: (how) => (respond = how), stop };
}
