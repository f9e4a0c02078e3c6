import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { SignedIn } from '../support/graphql-client.js';
import { createTestApp, type TestApp } from '../support/test-app.js';

let readme: string;
let app: TestApp;
beforeAll(async () => {
  readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
  app = await createTestApp({ background: true });
});

function codeBlocks(language: string): string[] {
  return [...readme.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, code]) => code ?? '');
}

describe('the README', () => {
  test('shows operations that work, one after the other', async () => {
    const email = 'ada@example.com';
    const operations = codeBlocks('graphql').filter((code) => /^(query|mutation) /.test(code));
    expect(operations.map((code) => /^\w+ (\w+)/.exec(code)?.[1])).toEqual([
      'Register',
      'Login',
      'Me',
      'Refresh',
      'RevokeOthers',
      'Logout',
      'VerifyEmail',
      'ForgotPassword',
      'ResetPassword',
    ]);
    let tokens: Pick<SignedIn, 'accessToken' | 'refreshToken'> | undefined;
    for (const query of operations) {
      const kind = query.includes('VerifyEmail') ? 'verify-email' : 'reset-password';
      const token = query.includes('$token') ? await app.mailer.token(email, kind) : undefined;
      const variables = { refreshToken: tokens?.refreshToken, token };
      const answer = await app.request(query, variables, { token: tokens?.accessToken });
      expect(answer.errors).toEqual([]);
      const [outcome] = Object.values(answer.data as Record<string, { __typename?: string; tokens?: SignedIn }>);
      if (outcome?.__typename !== undefined) expect(outcome.__typename).not.toMatch(/Error$/);
      tokens = outcome?.tokens ?? tokens;
    }
    await app.login({ email, password: 'a better horse battery' });
  });

  test('names only commands that exist', async () => {
    const manifest = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8')) as {
      scripts: Record<string, string>;
      bin: Record<string, string>;
    };
    const commands = [...readme.matchAll(/`(?:npm (?:run )?|npx )([a-z:-]+)/g)].map(([, name]) => name ?? '');
    expect(commands.length).toBeGreaterThan(5);
    for (const name of commands)
      expect([...Object.keys(manifest.scripts), ...Object.keys(manifest.bin)]).toContain(name);
  });

  test('links only to files that exist', async () => {
    const links = [...readme.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, path]) => path ?? '');
    expect(links.length).toBeGreaterThan(5);
    const { access } = await import('node:fs/promises');
    for (const link of links) await access(new URL(`../../${link}`, import.meta.url));
  });
});
