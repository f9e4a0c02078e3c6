import { expect } from '@jest/globals';
import { DEFAULT_PASSWORD, newEmail, type Answer, type Outcome } from './graphql-client.js';
import type { TestApp } from './test-app.js';

/** The origin of the pages in the tests. */
export const ORIGIN = 'https://app.example.com';
export const REFRESH_COOKIE = { enabled: true, allowedOrigins: `${ORIGIN}, http://localhost:3000` };
export const COOKIE_ATTRIBUTES = 'Path=/; HttpOnly; Secure; SameSite=Strict';
/** Makes a browser forget its refresh token. */
export const CLEARED = `__Host-auth-refresh=; Max-Age=0; ${COOKIE_ATTRIBUTES}`;

interface PageRequest {
  /** The Cookie header. */
  readonly cookie?: string | undefined;
  readonly token?: string | undefined;
  readonly headers?: Record<string, string>;
}

/** What a browser stores after a login. */
export interface SignedInBrowser {
  readonly email: string;
  readonly cookie: string;
  readonly accessToken: string;
  readonly sessionId: string;
}

/** Runs a mutation like a page of the application. */
export async function send(app: TestApp, field: string, input?: object, request: PageRequest = {}): Promise<Answer> {
  const { cookie, token, headers } = request;
  return app.mutation(field, input, {
    token,
    headers: { origin: ORIGIN, ...(cookie !== undefined && { cookie }), ...headers },
  });
}

export function outcomeOf(answer: Answer): Outcome {
  const [outcome] = Object.values((answer.data ?? {}) as Record<string, Outcome | null>);
  if (!outcome) throw new Error(`expected an outcome, not ${answer.text}`);
  return outcome;
}

/** The one cookie that a response sets, as the browser sends it back. */
export function cookieOf({ setCookies }: Answer): string {
  expect(setCookies).toHaveLength(1);
  return setCookies[0]?.split(';')[0] ?? '';
}

export async function register(app: TestApp): Promise<SignedInBrowser> {
  const email = newEmail();
  const answer = await send(app, 'register', { email, password: DEFAULT_PASSWORD });
  const { tokens, session } = outcomeOf(answer);
  return { email, cookie: cookieOf(answer), accessToken: tokens?.accessToken ?? '', sessionId: session?.id ?? '' };
}

/** Whether a refresh with the cookie succeeds. */
export async function isGood(app: TestApp, cookie: string): Promise<boolean> {
  return outcomeOf(await send(app, 'refresh', undefined, { cookie })).__typename === 'LoginSuccess';
}
