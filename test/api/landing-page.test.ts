import { createHash } from 'node:crypto';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from '@jest/globals';
import { REFRESH_COOKIE } from '../support/browser.js';
import { createTestApp, type TestApp } from '../support/test-app.js';

const BROWSER = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };

async function visit(app: TestApp, url = '/graphql', headers: Record<string, string> = BROWSER) {
  const response = await app.server.inject({ url, headers });
  return { status: response.statusCode, headers: response.headers, text: response.body };
}

/** The scripts and styles that a browser allows: those whose hash is in the policy. */
function allowedHashes(policy: string, directive: string): string[] {
  const [, sources = ''] = new RegExp(`${directive} ([^;]*)`).exec(policy) ?? [];
  return [...sources.matchAll(/'sha256-([^']+)'/g)].map(([, hash]) => hash ?? '');
}

describe('in development', () => {
  test('a browser gets a page that loads nothing and can only run its own script', async () => {
    const app = await createTestApp({ environment: 'development' });
    const { status, headers, text } = await visit(app);
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(text).toContain('mutation {\n  register');
    expect(text).not.toMatch(/\b(src|href)=|https?:\/\/|@import/);
    const policy = String(headers['content-security-policy']);
    expect(policy).toMatch(/^default-src 'none';/);
    expect(policy).not.toContain('unsafe');
    for (const [element, directive] of [
      ['script', 'script-src'],
      ['style', 'style-src'],
    ] as const) {
      const [, content = ''] = new RegExp(`<${element}>([\\s\\S]*?)</${element}>`).exec(text) ?? [];
      expect(allowedHashes(policy, directive)).toEqual([createHash('sha256').update(content).digest('base64')]);
    }
    expect(policy).toContain("connect-src 'self'");
  });

  test('the requests that the page offers succeed', async () => {
    const app = await createTestApp({ environment: 'development' });
    const { text } = await visit(app);
    const operations = [...text.matchAll(/data-operation="([^"]*)"/g)].map(([, operation = '']) =>
      operation.replace(/&#(\d+);/g, (_match, code) => String.fromCharCode(Number(code))),
    );
    expect(operations).toHaveLength(3);
    for (const operation of operations) expect((await app.request(operation)).status).toBe(200);
  });
});

test('the page does not offer to register if nobody can', async () => {
  const app = await createTestApp({ environment: 'development', registration: { enabled: false } });
  const { text } = await visit(app);
  expect(text).toContain('mutation {\n  login');
  expect(text).not.toContain('register');
});

describe('in cookie mode', () => {
  /** Runs the script of a page as if its origin were this one, and returns whether it shows that it may not sign in. */
  function saysThatItMayNotSignIn(page: string, origin: string): boolean {
    const [, script = ''] = /<script>([\s\S]*?)<\/script>/.exec(page) ?? [];
    const [, allowed] = /<p id="origins" data-allowed="([^"]*)">/.exec(page) ?? [];
    const notice = { hidden: false, dataset: { allowed } };
    const document = {
      getElementById: (id: string) => (id === 'origins' ? (allowed === undefined ? null : notice) : {}),
      querySelectorAll: () => [],
    };
    runInNewContext(script, { document, location: { origin } });
    return allowed !== undefined && !notice.hidden;
  }

  test('the page says that sign-in is not possible from an origin that is not allowed', async () => {
    const app = await createTestApp({ environment: 'development', refreshCookie: REFRESH_COOKIE });
    const { text } = await visit(app);
    const [allowed = ''] = app.auth.config.refreshCookie.allowedOrigins;
    expect(saysThatItMayNotSignIn(text, 'http://localhost:4001')).toBe(true);
    expect(saysThatItMayNotSignIn(text, allowed)).toBe(false);
    const plain = await createTestApp({ environment: 'development' });
    expect(saysThatItMayNotSignIn((await visit(plain)).text, 'http://localhost:4001')).toBe(false);
  });
});

describe('in production', () => {
  test('a browser gets no page', async () => {
    const app = await createTestApp({
      environment: 'production',
      password: { saltRounds: 10 },
      router: { secret: 'a secret of the router that is long enough' },
    });
    const { status, headers, text } = await visit(app);
    expect(status).toBe(404);
    expect(headers['content-type']).toMatch(/^application\/json/);
    expect(text).not.toMatch(/apollo|<html/i);
  });
});

test('an operation in the URL is executed, and does not show the page', async () => {
  const app = await createTestApp();
  const headers = { ...BROWSER, 'apollo-require-preflight': '1' };
  const { status, text } = await visit(app, '/graphql?query=%7B__typename%7D', headers);
  expect({ status, data: (JSON.parse(text) as { data: unknown }).data }).toEqual({
    status: 200,
    data: { __typename: 'Query' },
  });
});
