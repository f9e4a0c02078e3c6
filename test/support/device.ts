import { afterEach, jest } from '@jest/globals';
import { createAuthClient, type AuthClient, type AuthClientOptions } from '@auth-subgraph/client';
import { ORIGIN } from './browser.js';
import { DEFAULT_PASSWORD, newEmail } from './graphql-client.js';
import type { TestApp } from './test-app.js';

export const GATEWAY = 'https://api.example.com/graphql';

/** What the network does to a request. */
export type Network = 'up' | 'down' | 'loses the response' | (() => Response | Promise<Response>);

/** A request as the device sent it. */
export interface SentRequest {
  /** Such as `Refresh`. */
  readonly operation: string;
  readonly authorization: string | null;
  readonly body: string;
  readonly cookie: string | null;
}

let nextDevice = 0;
const clients = new Set<AuthClient>();
afterEach(() => {
  for (const client of clients) client.dispose();
  clients.clear();
});

/** A browser or an app: its cookie, its network, and the clients that run on it. */
export class Device {
  readonly sent: SentRequest[] = [];
  cookie: string | undefined;
  /** As browsers do, unlike apps. */
  sendsOrigin = false;
  /** What happens to the requests of an operation; `*` is for all others. */
  readonly network: Record<string, Network> = {};
  /** Called, and waited for, before the response to an operation arrives. */
  readonly arrivals: Record<string, () => unknown> = {};
  /** The name of its clients, which belong to one browser. */
  readonly name = `device-${String(nextDevice++)}`;

  /** The name of the lock and the channel between its tabs. */
  get channel(): string {
    return `auth-subgraph:${this.name}`;
  }

  constructor(private readonly app: TestApp) {}

  client(options: Partial<AuthClientOptions> = {}): AuthClient {
    const client = createAuthClient({ url: GATEWAY, fetch: this.fetch, name: this.name, ...options });
    clients.add(client);
    return client;
  }

  /** How often an operation was sent. */
  count(operation: string): number {
    return this.sent.filter((request) => request.operation === operation).length;
  }

  /** Holds back the responses to an operation until the returned function is called. */
  holdBack(operation: string): () => void {
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    this.arrivals[operation] = () => released;
    return release;
  }

  /** Holds the lock of a tab that refreshes, as a frozen one does, until the returned function is called. */
  freezeRefresh(): () => Promise<void> {
    let thaw = (): void => undefined;
    const frozen = navigator.locks.request(this.channel, () => new Promise<void>((resolve) => (thaw = resolve)));
    return () => {
      thaw();
      return frozen;
    };
  }

  /** Holds back the response to the next sign-out until `answer` is called. */
  holdLogout(): { readonly answer: () => void } {
    let answer = (): void => undefined;
    const held = new Promise<void>((resolve) => (answer = resolve));
    this.network['Logout'] = async () => {
      this.network['Logout'] = 'up';
      await held;
      return Response.json({ data: { logout: { __typename: 'SessionRevoked', sessionId: '1' } } });
    };
    return { answer };
  }

  readonly fetch: typeof fetch = async (input, init) => {
    const request = new Request(input, init);
    const body = await request.text();
    const operation = /(?:mutation|query) (\w+)/.exec(body)?.[1] ?? '';
    const { headers } = request;
    this.sent.push({ operation, body, authorization: headers.get('authorization'), cookie: headers.get('cookie') });
    const network = this.network[operation] ?? this.network['*'] ?? 'up';
    if (typeof network === 'function') return network();
    if (network === 'down') throw new TypeError('fetch failed');
    const response = await this.app.server.inject({
      method: 'POST',
      url: '/graphql',
      payload: body,
      headers: {
        ...Object.fromEntries(request.headers),
        ...((this.sendsOrigin || init?.credentials === 'include') && { origin: ORIGIN }),
        ...(init?.credentials === 'include' && this.cookie !== undefined && { cookie: this.cookie }),
      },
    });
    await this.arrivals[operation]?.();
    const [cookie] = [response.headers['set-cookie'] ?? []].flat();
    if (network === 'loses the response') throw new TypeError('fetch failed');
    if (cookie !== undefined) this.cookie = cookie.includes('Max-Age=0') ? undefined : cookie.split(';')[0];
    return new Response(response.body, {
      status: response.statusCode,
      headers: {
        'content-type': String(response.headers['content-type']),
        ...(cookie !== undefined && { 'set-cookie': cookie }),
      },
    });
  };
}

/** Registers a new account. */
export async function registerOn(client: AuthClient): Promise<{ email: string; password: string }> {
  const input = { email: newEmail(), password: DEFAULT_PASSWORD };
  const result = await client.register(input);
  if (result.__typename !== 'LoginSuccess') throw new Error(result.__typename);
  return input;
}

const wallNow = Date.now.bind(Date);
const monotonicNow = performance.now.bind(performance);
const ahead = { wall: 0, monotonic: 0 };

/** Moves both clocks of the device, or only one, until the end of the test. */
export function moveDeviceClock(seconds: number, which: 'both' | 'wall' | 'monotonic' = 'both'): void {
  if (which !== 'monotonic') ahead.wall += seconds * 1000;
  if (which !== 'wall') ahead.monotonic += seconds * 1000;
  jest.spyOn(Date, 'now').mockImplementation(() => wallNow() + ahead.wall);
  jest.spyOn(performance, 'now').mockImplementation(() => monotonicNow() + ahead.monotonic);
}

afterEach(() => {
  jest.restoreAllMocks();
  Object.assign(ahead, { wall: 0, monotonic: 0 });
});
