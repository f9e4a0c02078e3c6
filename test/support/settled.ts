/** Waits until everything that can run without a timer or I/O has run. */
export async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
