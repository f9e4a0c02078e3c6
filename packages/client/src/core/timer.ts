/** `setTimeout`, but Node.js does not wait for it before it ends. */
export function startTimer(work: () => unknown, milliseconds: number): ReturnType<typeof setTimeout> {
  const timer = setTimeout(work, milliseconds);
  // Browsers have numbers.
  (timer as { unref?: () => void }).unref?.();
  return timer;
}
