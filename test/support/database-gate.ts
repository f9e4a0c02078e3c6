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
 * The address of a database behind a gate that stays shut until a number of connections wait, so that processes that
 * start at different speeds still reach the database at the same time. On a slow machine it opens before they give up.
 * Closed after the tests of the file.
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
    // A process that is killed is not a failure of the gate.
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

/**
 * What a gate does to a connection that sends a certain text: close it, stop forwarding, or stop forwarding and keep it open
 * even if the client closes it.
 */
interface Trap {
  readonly text: RegExp;
  readonly does: 'cut' | 'hold' | 'keep';
}

export interface Gate {
  /** The address of the database behind the gate. */
  readonly url: string;
  /** The number of connections so far. */
  readonly accepted: number;
  /** The number of held connections. */
  readonly held: number;
  /** Does this to every connection that sends the text from now on, and to no other. */
  trap(text: RegExp, does: Trap['does']): void;
  /** Forwards everything from now on; held connections stay held. */
  release(): void;
  /** Directs new connections to another server, like a load balancer. */
  redirectTo(databaseUrl: string): void;
}

/**
 * A gate in front of a database that can make a single message fail, like a network. Closed after the tests of the
 * file.
 */
export async function openGate(databaseUrl: string): Promise<Gate> {
  let target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let trap: Trap | undefined;
  let accepted = 0;
  let held = 0;
  const gate = createServer({ allowHalfOpen: true }, (client) => {
    accepted += 1;
    const server = connect(Number(target.port), target.hostname);
    let isHeld = false;
    let isKept = false;
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.once('close', () => [client, server].forEach((each) => each.destroy()));
    }
    client.on('data', (chunk) => {
      if (trap?.text.test(chunk.toString('latin1')) === true) {
        if (trap.does === 'cut') client.destroy();
        else if (!isHeld) held += 1;
        isHeld = true;
        isKept = trap.does === 'keep';
      }
      if (!isHeld) server.write(chunk);
    });
    client.on('end', () => isKept || client.end());
    server.on('data', (chunk) => isHeld || client.write(chunk));
  });
  gate.listen(0, '127.0.0.1');
  await once(gate, 'listening');
  open.add(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => gate.close(resolve));
  });
  const { port } = gate.address() as AddressInfo;
  return {
    url: Object.assign(new URL(databaseUrl), { hostname: '127.0.0.1', port: String(port) }).href,
    get accepted() {
      return accepted;
    },
    get held() {
      return held;
    },
    trap: (text, does) => {
      trap = { text, does };
    },
    release: () => {
      trap = undefined;
    },
    redirectTo: (other) => {
      target = new URL(other);
    },
  };
}
