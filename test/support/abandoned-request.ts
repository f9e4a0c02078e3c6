import { connect } from 'node:net';

/** Posts JSON over a connection that the client resets as soon as it has sent the request. */
export async function postAndLeave(
  url: string,
  body: string | Buffer,
  headers: Readonly<Record<string, string>> = {},
): Promise<void> {
  const { host, hostname, pathname, port } = new URL(url);
  const all = { host, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${String(value)}`);
  const socket = connect(Number(port), hostname);
  socket.write([`POST ${pathname} HTTP/1.1`, ...lines, '', ''].join('\r\n'));
  await new Promise((resolve) => socket.write(body, resolve));
  socket.resetAndDestroy();
}
