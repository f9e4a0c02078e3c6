import { createHash } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import { TIME_LIMITED } from './database-failure.js';
import { hasCode } from './error-code.js';

/**
 * More texts than the service uses. The limit keeps a text that varies with every call from filling the server's
 * memory.
 */
const MAX_STATEMENTS = 500;

const names = new Map<string, string>();

/** @see PostgreSQL, appendix A: error codes */
const FEATURE_NOT_SUPPORTED = '0A000';
/** What the server was doing. Unlike the message, it is not translated. */
const CHECK_OF_PLAN = 'RevalidateCachedQuery';

/**
 * Makes the server parse and plan each statement once per connection instead of once per call. The name is derived from
 * the text, so that every connection, and a pooler in between, uses the same name for a statement. If a migration has changed the type of a result, the connections that are
 * open forget the names, because the server would refuse each of these plans.
 */
export function prepareStatements(pool: Pool): void {
  let changes = 0;
  pool.on('connect', (client: PoolClient) => {
    const query = client.query.bind(client) as (...words: unknown[]) => unknown;
    const openedAt = changes;
    const prepared = (...words: unknown[]): unknown => {
      const running = query(...(openedAt < changes ? withoutName(words) : withName(words)));
      if (running instanceof Promise)
        running.catch((error: unknown) => {
          if (isOutdatedPlan(error)) changes += 1;
        });
      return running;
    };
    client.query = prepared as typeof client.query;
  });
}

/** Whether the server refused a prepared statement because a migration has changed the type of its result. */
export function isOutdatedPlan(error: unknown): boolean {
  return hasCode(error, FEATURE_NOT_SUPPORTED) && (error as { routine?: unknown }).routine === CHECK_OF_PLAN;
}

/** Leaves out searches, which have a text for each combination of filters, and a plan that depends on their values. */
function withName([text, values, ...rest]: readonly unknown[]): unknown[] {
  const isPrepared = typeof text === 'string' && Array.isArray(values) && values.length > 0;
  const name = isPrepared && !text.startsWith(TIME_LIMITED) ? statementName(text) : undefined;
  return name === undefined ? [text, values, ...rest] : [{ name, text, values }, ...rest];
}

function withoutName([statement, ...rest]: readonly unknown[]): unknown[] {
  if (typeof statement !== 'object' || statement === null || !('name' in statement)) return [statement, ...rest];
  return [{ ...statement, name: undefined }, ...rest];
}

/** The name of a prepared statement, or `undefined` if there are too many. */
export function statementName(text: string): string | undefined {
  const known = names.get(text);
  if (known !== undefined || names.size >= MAX_STATEMENTS) return known;
  const name = `auth_${createHash('sha256').update(text).digest('hex').slice(0, 32)}`;
  names.set(text, name);
  return name;
}
