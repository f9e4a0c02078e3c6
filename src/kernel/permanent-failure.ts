/** Whether an error says of itself, with `permanent: true`, that trying the same again cannot help. */
export function isPermanent(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'permanent' in error && error.permanent === true;
}
