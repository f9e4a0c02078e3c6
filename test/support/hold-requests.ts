import type { Page, Request } from 'playwright-core';

/** Whether a request of a page runs an operation. */
export function isRequestOf(operation: string, request: Request): boolean {
  return new RegExp(`(mutation|query) ${operation}\\b`).test(request.postData() ?? '');
}

/** Holds the next requests of a page that run an operation until the returned function is called. */
export async function holdRequests(page: Page, operation: string, count = Infinity): Promise<() => void> {
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  let left = count;
  await page.route('**/graphql', async (route) => {
    if (left > 0 && isRequestOf(operation, route.request())) {
      left -= 1;
      await held;
    }
    await route.continue();
  });
  return release;
}
