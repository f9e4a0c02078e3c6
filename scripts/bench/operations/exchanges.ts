import type { Exchange } from '../load/drive.js';

/** The operations that are measured under load, by the name that `--only` takes. */
export const OPERATIONS = ['me', 'refresh', 'entities', 'login', 'register'] as const;

export type OperationName = (typeof OPERATIONS)[number];

/** What clients send to one server; an operation that it does not have is missing. */
export type Exchanges = Partial<Record<OperationName, Exchange>>;

/** More than the clients of a write, so that no two of them share an account. */
export const ACCOUNTS = 50;
export const PASSWORD = 'correct horse battery staple';

let count = 0;

export function newAddress(): string {
  count += 1;
  return `bench-${String(process.pid)}-${String(count)}@example.com`;
}
