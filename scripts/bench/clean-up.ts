type Step = () => Promise<unknown>;

const steps: Step[] = [];

/** Has something undone at the end, the latest first. */
export function afterwards(step: Step): void {
  steps.push(step);
}

/** Undoes everything, also what is begun meanwhile; one step that fails does not keep the others from their turn. */
export async function cleanUp(): Promise<void> {
  for (let step = steps.pop(); step; step = steps.pop())
    await step().catch((error: unknown) => {
      console.error('could not clean up:', error);
    });
}

/** Rejects when the process is told to stop. */
export async function interruption(): Promise<never> {
  return new Promise((_resolve, reject) => {
    for (const signal of ['SIGINT', 'SIGTERM'])
      process.once(signal, () => {
        reject(new Error(`stopped by ${signal}`));
      });
  });
}
