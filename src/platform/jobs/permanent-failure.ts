/** Whether an error has `permanent: true`, which means that retrying cannot help. */
export function isPermanent(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'permanent' in error && error.permanent === true;
}
