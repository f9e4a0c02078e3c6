export type { Logger } from '@auth-subgraph/verifier';
export { silentLogger } from '@auth-subgraph/verifier/internal';

/** Where an error happened, for the log: the frames of its stack, and no line of its message, which may quote a value. */
export function framesOf(error: Error): string[] {
  return error.stack?.split('\n').filter((line) => /^\s+at /.test(line)) ?? [];
}
