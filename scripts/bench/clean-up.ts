type Step = () => Promise<unknown>;

const steps: Step[] = [];

/** Registers a cleanup step; the last one runs first. */
export function afterwards(step: Step): void {
  steps.push(step);
}

/** Runs all steps, including those registered meanwhile; a failing step does not stop the others. */
export async function cleanUp(): Promise<void> {
  for (let step = steps.pop(); step; step = steps.pop())
    await step().catch((error: unknown) => {
      console.error('could not clean up:', error);
    });
}

/**
 * Rejects when the process receives a stop signal, when nobody reads its output any more, or when an error is not caught.
 * Further signals are ignored: npm passes on what the terminal sends.
 */
export async function interruption(): Promise<never> {
  return new Promise((_resolve, reject) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
      process.on(signal, () => {
        reject(new Error(`stopped by ${signal}`));
      });
    for (const output of [process.stdout, process.stderr]) output.on('error', reject);
    process.on('uncaughtException', (error) => {
      console.error(error);
      process.once('exit', () => (process.exitCode = 1));
      reject(error);
    });
  });
}
