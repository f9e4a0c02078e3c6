/** Whether an error says, with `permanent: true`, that trying again cannot help. */
export function isPermanent(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'permanent' in error && error.permanent === true;
}
