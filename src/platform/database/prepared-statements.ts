import { createHash } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';

/**
 * More texts than the service uses. The limit keeps a text that varies with every call from filling the server's
 * memory.
 */
const MAX_STATEMENTS = 500;

const names = new Map<string, string>();

/**
 * Makes the server parse and plan each statement once per connection instead of once per call. The name is derived from
 * the text, so that every connection, and a pooler in between, uses the same name for a statement.
 */
export function prepareStatements(pool: Pool): void {
  pool.on('connect', (client: PoolClient) => {
    const query = client.query.bind(client) as (...words: unknown[]) => unknown;
    const prepared = (text: unknown, values: unknown, ...rest: unknown[]): unknown => {
      const name =
        typeof text === 'string' && Array.isArray(values) && values.length > 0 ? statementName(text) : undefined;
      return name === undefined ? query(text, values, ...rest) : query({ name, text, values }, ...rest);
    };
    client.query = prepared as typeof client.query;
  });
}

/** The name of a prepared statement, or `undefined` if there are too many. */
export function statementName(text: string): string | undefined {
  const known = names.get(text);
  if (known !== undefined || names.size >= MAX_STATEMENTS) return known;
  const name = `auth_${createHash('sha256').update(text).digest('hex').slice(0, 32)}`;
  names.set(text, name);
  return name;
}
