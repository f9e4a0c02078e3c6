export type { Logger } from '@auth-subgraph/verifier';
export { silentLogger } from '@auth-subgraph/verifier/internal';

/** The stack frames of an error for the log, without its message, which may quote a value. */
export function framesOf(error: Error): string[] {
  return error.stack?.split('\n').filter((line) => /^\s+at /.test(line)) ?? [];
}
