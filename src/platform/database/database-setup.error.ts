/** The database is unusable as configured. The message says what is wrong and how to fix it. */
export class DatabaseSetupError extends Error {
  override readonly name = 'DatabaseSetupError';
}
