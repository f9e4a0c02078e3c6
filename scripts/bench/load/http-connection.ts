import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { ResponseReader, type Reply } from './http-response.js';

/** A request that takes longer than this has failed. */
const TIMEOUT_MS = 30_000;

interface Waiting {
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: Error) => void;
}

/**
 * A keep-alive connection that sends one request at a time. It costs a fraction of what Node's HTTP client costs, so
 * that on a small machine the load takes little from the server.
 */
export class HttpConnection {
  readonly #socket: Socket;
  readonly #reader = new ResponseReader();
  #waiting: Waiting | undefined;
  #failure: Error | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket.setNoDelay(true).setTimeout(TIMEOUT_MS);
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    socket.on('timeout', () => this.#fail(new Error('no response in time')));
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => this.#fail(new Error('the server closed the connection')));
  }

  static async open(url: string): Promise<HttpConnection> {
    const { hostname, port } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port) });
    await once(socket, 'connect');
    return new HttpConnection(socket);
  }

  get isOpen(): boolean {
    return this.#failure === undefined;
  }

  async send(request: Buffer): Promise<Reply> {
    return new Promise((resolve, reject) => {
      if (this.#failure) {
        reject(this.#failure);
        return;
      }
      this.#waiting = { resolve, reject };
      this.#socket.write(request);
    });
  }

  close(): void {
    this.#fail(new Error('the connection is closed'));
  }

  #read(chunk: Buffer): void {
    try {
      const reply = this.#reader.push(chunk);
      const waiting = this.#waiting;
      if (!reply || !waiting) return;
      this.#waiting = undefined;
      waiting.resolve(reply);
    } catch (error) {
      this.#fail(error as Error);
    }
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#socket.destroy();
    this.#waiting?.reject(error);
    this.#waiting = undefined;
  }
}

/** Sends one request on a new connection. */
export async function sendOnce(url: string, request: Buffer): Promise<Reply> {
  const connection = await HttpConnection.open(url);
  try {
    return await connection.send(request);
  } finally {
    connection.close();
  }
}
