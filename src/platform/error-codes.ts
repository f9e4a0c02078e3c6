import { hasCode, INSUFFICIENT_PRIVILEGE } from './database/error-code.js';

/** The name of an error for operators. */
export function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  // A class of the application may have a name that is no text.
  const { name }: { readonly name: unknown } = error;
  return String(name);
}

/** The message of an error about a missing privilege. It names a table; other messages of PostgreSQL may quote values. */
export function missingPrivilege(error: unknown): { message?: string } {
  return error instanceof Error && hasCode(error, INSUFFICIENT_PRIVILEGE) ? { message: error.message } : {};
}

/** The constraint that a statement would have broken, such as a foreign key of another table of the application. */
export function constraintOf(error: unknown): { constraint?: string } {
  const { constraint } = (error ?? {}) as { readonly constraint?: unknown };
  return typeof constraint === 'string' ? { constraint } : {};
}

interface Codes {
  code?: string;
  responseCode?: number;
  template?: string;
  message?: string;
}

/**
 * The codes of an error for operators, such as `ECONNREFUSED` or the 550 of a mail server, the file of an email template,
 * and the message only if it is about a missing privilege.
 */
export function codesOf(error: unknown): Codes {
  const { code, responseCode, template } = (error ?? {}) as Readonly<Record<keyof Codes, unknown>>;
  return {
    ...(typeof code === 'string' && /^[A-Z0-9_]{1,40}$/.test(code) && { code }),
    ...(typeof responseCode === 'number' && { responseCode }),
    ...(typeof template === 'string' && { template }),
    ...missingPrivilege(error),
  };
}
