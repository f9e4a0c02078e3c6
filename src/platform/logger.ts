export type { Logger } from '@auth-subgraph/verifier';
export { failsafeLogger, silentLogger } from '@auth-subgraph/verifier/internal';

/** The stack frames of an error for the log, without its message, which may quote a value. */
export function framesOf(error: Error): string[] {
  // Applications may replace how stacks are made.
  const stack: unknown = error.stack;
  return typeof stack === 'string' ? stack.split('\n').filter((line) => /^\s+at /.test(line)) : [];
}
