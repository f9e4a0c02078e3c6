import type { Socket } from 'node:net';
import type { Client, ClientConfig, Pool, PoolClient, QueryConfig } from 'pg';

/** The driver's client, which a pool creates from its options. */
type ClientClass = new (config: ClientConfig) => Client;

/**
 * Runs a statement on an idle connection of a pool, or on a new one outside of the pool, whose connections may all be
 * waiting for a response.
 */
export async function probeDatabase(pool: Pool, connect: () => Promise<PoolClient>, timeoutMs: number): Promise<void> {
  const statement = { text: 'select 1', query_timeout: timeoutMs } as QueryConfig;
  const client = pool.idleCount > 0 ? await connect() : await connectAlone(pool, timeoutMs);
  try {
    await client.query(statement);
  } catch (error) {
    discard(client);
    throw error;
  }
  if (isPooled(client)) client.release();
  else void client.end();
}

async function connectAlone(pool: Pool, timeoutMs: number): Promise<Client> {
  const { Client: DriverClient } = pool as unknown as { Client: ClientClass };
  // The password is not enumerable, so a spread would lose it.
  const options = Object.defineProperties({}, Object.getOwnPropertyDescriptors(pool.options)) as ClientConfig;
  const client = new DriverClient(Object.assign(options, { connectionTimeoutMillis: timeoutMs }));
  client.on('error', () => undefined);
  await client.connect().catch((error: unknown) => {
    discard(client);
    throw error;
  });
  return client;
}

/** Does not wait for a server that may not respond. */
export function discard(client: Client | PoolClient, error: Error | true = true): void {
  if (isPooled(client)) client.release(error);
  (client as unknown as { connection: { stream: Socket } }).connection.stream.destroy();
}

function isPooled(client: Client | PoolClient): client is PoolClient {
  return 'release' in client;
}
