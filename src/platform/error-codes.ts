/** The name of an error for operators. */
export function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}

/** The codes of an error for operators, such as `ECONNREFUSED` or the 550 of a mail server, but not its message. */
export function codesOf(error: unknown): { code?: string; responseCode?: number } {
  const { code, responseCode } = (error ?? {}) as { code?: unknown; responseCode?: unknown };
  return {
    ...(typeof code === 'string' && /^[A-Z0-9_]{1,40}$/.test(code) && { code }),
    ...(typeof responseCode === 'number' && { responseCode }),
  };
}
