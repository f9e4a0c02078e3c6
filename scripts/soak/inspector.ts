import { setTimeout as wait } from 'node:timers/promises';

const CONNECT_ATTEMPTS = 50;
const ATTEMPT_MS = 100;

interface Reply {
  readonly id?: number;
  readonly result?: { readonly result?: { readonly value?: unknown } };
  readonly error?: { readonly message: string };
}

/** Asks a Node.js process that was started with `--inspect`. */
export class Inspector {
  readonly #waiting = new Map<number, (reply: Reply) => void>();
  #lastId = 0;

  private constructor(private readonly socket: WebSocket) {
    socket.addEventListener('message', ({ data }) => {
      const reply = JSON.parse(String(data)) as Reply;
      this.#waiting.get(reply.id ?? 0)?.(reply);
    });
  }

  static async connect(port: number): Promise<Inspector> {
    const url = await findTarget(port);
    const socket = new WebSocket(url);
    await new Promise((resolve, reject) => {
      socket.addEventListener('open', resolve);
      socket.addEventListener('error', () => reject(new Error('the inspector does not respond')));
    });
    return new Inspector(socket);
  }

  async collectGarbage(): Promise<void> {
    await this.#send('HeapProfiler.collectGarbage', {});
  }

  /** Evaluates an expression in the process. */
  async evaluate(expression: string): Promise<unknown> {
    const { result } = await this.#send('Runtime.evaluate', { expression, returnByValue: true });
    return result?.result?.value;
  }

  close(): void {
    this.socket.close();
  }

  async #send(method: string, params: object): Promise<Reply> {
    const id = (this.#lastId += 1);
    const reply = await new Promise<Reply>((resolve) => {
      this.#waiting.set(id, resolve);
      this.socket.send(JSON.stringify({ id, method, params }));
    });
    this.#waiting.delete(id);
    if (reply.error) throw new Error(reply.error.message);
    return reply;
  }
}

async function findTarget(port: number): Promise<string> {
  for (let attempts = 0; attempts < CONNECT_ATTEMPTS; attempts += 1) {
    const response = await fetch(`http://127.0.0.1:${String(port)}/json/list`).catch(() => undefined);
    const targets = (await response?.json()) as { readonly webSocketDebuggerUrl: string }[] | undefined;
    const [target] = targets ?? [];
    if (target) return target.webSocketDebuggerUrl;
    await wait(ATTEMPT_MS);
  }
  throw new Error('the process has no inspector');
}
