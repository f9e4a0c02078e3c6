import { expect } from '@jest/globals';
import { TEST_SECRET } from '../test-secret.js';

const STACK_FRAME = /\bat [^\n]{0,100}(file:|node:|\/)\S+:\d+:\d+|node_modules|\.[jt]s:\d+|stacktrace/;
const SQL = /\b(insert into|delete from|select \w|update auth_)|\bauth_(user|session|device|outbox)|violates|SQLSTATE/;
/** The descriptions in the schema contain words that also occur in SQL. */
const SCHEMA = /"extend schema(?:[^"\\]|\\.)*"/g;
const HASH = /\$2[aby]\$\d\d\$/;

export interface Reply {
  readonly status: number;
  readonly text: string;
}

interface Body {
  readonly data?: unknown;
  readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
}

/**
 * Checks what must hold for every response: no internal error, the format of the specification, a code for each error, and
 * no stack trace, SQL, hash or secret.
 * @see GraphQL specification §7.1
 */
export function expectSound({ status, text }: Reply): Body {
  expect(status).toBeLessThan(500);
  const body = JSON.parse(text) as Body;
  expect(Object.keys(body).filter((key) => !['data', 'errors', 'extensions'].includes(key))).toEqual([]);
  expect('data' in body || 'errors' in body).toBe(true);
  if ('errors' in body) {
    expect(body.errors).not.toHaveLength(0);
    for (const error of body.errors ?? []) {
      expect(error).toMatchObject({
        message: expect.any(String),
        extensions: { code: expect.stringMatching(/^[A-Z_]+$/) },
      });
      expect(error.extensions.code).not.toBe('INTERNAL_SERVER_ERROR');
    }
  }
  const withoutSchema = text.replace(SCHEMA, '');
  for (const pattern of [STACK_FRAME, SQL, HASH]) expect(withoutSchema).not.toMatch(pattern);
  expect(text).not.toContain(TEST_SECRET);
  return body;
}
