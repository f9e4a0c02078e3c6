import { afterAll } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from './database.js';
import { startService, type ServiceProcess } from './service-process.js';

export interface Cluster {
  readonly database: TestDatabase;
  /** Separate processes on one database. */
  readonly services: readonly [ServiceProcess, ServiceProcess];
  /** The process for the next caller: callers of a race alternate. */
  service(turn: number): ServiceProcess;
}

/** Two processes of the service that share one database. */
export async function startTwoServices(settings: Record<string, string> = {}): Promise<Cluster> {
  const database = await createTestDatabase();
  const start = (): Promise<ServiceProcess> => startService({ DATABASE_URL: database.url, ...settings });
  const services = [await start(), await start()] as const;
  databases.push(database);
  return { database, services, service: (turn) => services[turn % 2 === 0 ? 0 : 1] };
}

const databases: TestDatabase[] = [];
afterAll(async () => {
  for (const database of databases) await database.drop();
});

/** Starts that many calls at once, each with its number. */
export async function atOnce<T>(count: number, call: (turn: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, (_value, turn) => call(turn)));
}
