/**
 * Requires that a callback of the application did not return a promise, which nobody would await. Its rejection must not end
 * the process.
 * @param message of the error
 * @throws TypeError the callback returned a promise
 */
export function requireSynchronous(returned: unknown, message: string): void {
  if (typeof returned !== 'object' || returned === null || !('then' in returned)) return;
  if (typeof returned.then !== 'function') return;
  Promise.resolve(returned).catch(() => undefined);
  throw new TypeError(message);
}
