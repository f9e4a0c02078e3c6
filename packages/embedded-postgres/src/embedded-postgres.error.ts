/** The embedded database cannot run on this machine. The message says what is wrong and how to fix it. */
export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError';
}
