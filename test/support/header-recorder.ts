import { once } from 'node:events';
import { createServer, request, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface HeaderRecorder {
  readonly url: string;
  /** The headers of every request so far. */
  readonly seen: IncomingHttpHeaders[];
  stop(): Promise<void>;
}

/** A proxy in front of a server that forwards everything and records the request headers. */
export async function recordHeaders(target: string): Promise<HeaderRecorder> {
  const seen: IncomingHttpHeaders[] = [];
  const { hostname, port, pathname } = new URL(target);
  const server = createServer((incoming, outgoing) => {
    seen.push(incoming.headers);
    const { method, headers } = incoming;
    const onward = request({ hostname, port, path: pathname, method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    incoming.pipe(onward);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}${pathname}`,
    seen,
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
