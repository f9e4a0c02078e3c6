/** @see PostgreSQL, appendix A: error codes */
export const INSUFFICIENT_PRIVILEGE = '42501';
export const TOO_MANY_CONNECTIONS = '53300';
export const READ_ONLY_TRANSACTION = '25006';

/** Whether a system or PostgreSQL error has one of these codes. */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return (
    typeof error === 'object' &&
    error !== null &&
    'code' in error &&
    typeof error.code === 'string' &&
    codes.includes(error.code)
  );
}
