import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { afterAll } from '@jest/globals';

/** Less than the five seconds that the service waits for a connection. */
const PATIENCE_MS = 3_000;

const open = new Set<() => Promise<void>>();
afterAll(async () => {
  for (const close of open) await close();
});

/**
 * The address of a database behind a gate that stays shut until so many connections wait before it: processes that
 * start at different speeds still reach the database at the same time. On a machine too busy for that it opens before
 * they give up. Closed after the tests of the file.
 */
export async function gateBefore(databaseUrl: string, waiting: number): Promise<string> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  const held: Socket[] = [];
  let isShut = true;
  const letIn = (client: Socket): void => {
    const server = connect(Number(target.port), target.hostname);
    keep(server);
    server.once('close', () => client.destroy());
    client.once('close', () => server.destroy());
    client.pipe(server).pipe(client);
  };
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    // A process that is killed is not the gate's failure.
    socket.on('error', () => socket.destroy());
  };
  let patience: NodeJS.Timeout | undefined;
  const openUp = (): void => {
    clearTimeout(patience);
    isShut = false;
    held.splice(0).forEach(letIn);
  };
  const gate = createServer((client) => {
    keep(client);
    if (!isShut) {
      letIn(client);
      return;
    }
    held.push(client);
    if (held.length === 1) patience = setTimeout(openUp, PATIENCE_MS);
    if (held.length >= waiting) openUp();
  });
  gate.listen(0, '127.0.0.1');
  await once(gate, 'listening');
  open.add(async () => {
    clearTimeout(patience);
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => gate.close(resolve));
  });
  const { port } = gate.address() as AddressInfo;
  return Object.assign(new URL(databaseUrl), { hostname: '127.0.0.1', port: String(port) }).href;
}
