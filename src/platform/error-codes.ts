import { hasCode, INSUFFICIENT_PRIVILEGE } from './database/error-code.js';

/** The name of an error for operators. */
export function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}

/** The message of an error about a missing privilege. It names a table; other messages of PostgreSQL may quote values. */
export function missingPrivilege(error: unknown): { message?: string } {
  return error instanceof Error && hasCode(error, INSUFFICIENT_PRIVILEGE) ? { message: error.message } : {};
}

/**
 * The codes of an error for operators, such as `ECONNREFUSED` or the 550 of a mail server, and its message only if it is
 * about a missing privilege.
 */
export function codesOf(error: unknown): { code?: string; responseCode?: number; message?: string } {
  const { code, responseCode } = (error ?? {}) as { code?: unknown; responseCode?: unknown };
  return {
    ...(typeof code === 'string' && /^[A-Z0-9_]{1,40}$/.test(code) && { code }),
    ...(typeof responseCode === 'number' && { responseCode }),
    ...missingPrivilege(error),
  };
}
