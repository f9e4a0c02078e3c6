import { generateKeyPairSync } from 'node:crypto';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { docsProject, type DocsProject, type Outcome } from '../support/docs-project.js';
import { blocksIn, blocksOf, type CodeBlock } from '../support/pages.js';
import { TEST_SECRET } from '../support/test-secret.js';

let project: DocsProject;
let database: TestDatabase;
let problems: string;
beforeAll(async () => {
  [project, database] = await Promise.all([docsProject(), createTestDatabase({ empty: true })]);
  problems = await project.compile();
});
afterAll(async () => {
  await project.remove();
  await database.drop();
});

const programs = blocksIn('ts').map((block) => ({ name: `${block.page}:${String(block.line)}`, block }));
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

async function start(block: CodeBlock): Promise<Outcome> {
  return project.start(block, {
    DATABASE_URL: database.url,
    JWT_SECRET: TEST_SECRET,
    JWT_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    ROUTER_SECRET: TEST_SECRET,
    SMTP_URL: 'smtp://127.0.0.1:1',
  });
}

/** Sends an operation to a program that serves. */
async function ask(url: string, query: string, token?: string): Promise<unknown> {
  const headers = {
    'content-type': 'application/json',
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  };
  const { href } = new URL(url);
  return (await fetch(href, { method: 'POST', headers, body: JSON.stringify({ query }) })).json();
}

/** The block of a page that has a text in it. */
function blockWith(page: string, text: string): CodeBlock {
  const block = blocksOf(page, 'ts').find(({ code }) => code.includes(text));
  if (!block) throw new Error(`${page} has no block with ${text}`);
  return block;
}

test('every program in the pages compiles against the packed packages, as strictly as the page says', () => {
  expect(programs.length).toBeGreaterThan(10);
  expect(problems).toBe('');
});

describe.each(programs)('the program at $name', ({ block }) => {
  test('runs to completion, or serves', async () => {
    if (block.code.includes('federation-composition')) await layOutSchemas(block);
    const { output, url, exitCode, stop } = await start(block);
    try {
      if (url === undefined) expect({ exitCode, output: output() }).toEqual({ exitCode: 0, output: output() });
      else expect(await ask(url, '{ __typename }')).toEqual({ data: { __typename: 'Query' } });
    } finally {
      await stop();
    }
  });
});

/** The files that the program of composition reads from the folder where it runs. */
async function layOutSchemas({ page }: CodeBlock): Promise<void> {
  const folder = join(project.folder, 'dist', page.replaceAll(/\W/g, '-'));
  await mkdir(folder, { recursive: true });
  await copyFile(join(project.folder, 'node_modules/auth-subgraph/schema.graphql'), join(folder, 'schema.graphql'));
  await writeFile(join(folder, 'posts.graphql'), blocksOf(page, 'graphql')[0]?.code ?? '');
}

test('the program with an SDK prints the span of a request', async () => {
  const { output, url = '', stop } = await start(blockWith('docs/guides/tracing.md', 'NodeTracerProvider'));
  await ask(url, '{ authSettings { registrationEnabled } }');
  await stop();
  expect(output()).toContain("name: 'auth.authSettings'");
});

test('the program in the README registers a user and prints who is signed in', async () => {
  const { url = '', stop } = await start(blockWith('README.md', 'startStandaloneServer'));
  try {
    const [register = '', me = ''] = blocksOf('README.md', 'sh')
      .filter(({ code }) => code.startsWith('curl'))
      .map(({ code }) => (JSON.parse(/ -d '(.*)'\n$/.exec(code)?.[1] ?? '') as { query: string }).query);
    const opened = (await ask(url, register)) as { data: { register: { tokens: { accessToken: string } } } };
    const answer = await ask(url, me, opened.data.register.tokens.accessToken);
    expect(answer).toMatchObject({ data: { me: { email: 'ada@example.com', firstName: 'Ada' } } });
  } finally {
    await stop();
  }
});

test.each([
  ['docs/guides/verifier.md', 'startStandaloneServer'],
  ['docs/guides/verifier.md', 'createYoga'],
  ['docs/guides/verifier-type-graphql.md', 'startStandaloneServer'],
  ['docs/guides/verifier-nestjs.md', 'NestFactory'],
  ['docs/guides/verifier-pothos.md', 'startStandaloneServer'],
])('the subgraph of %s with %s denies access by default', async (page, text) => {
  const { url = '', stop } = await start(blockWith(page, text));
  try {
    expect(await ask(url, '{ posts { title } }')).toEqual({ data: { posts: [{ title: 'Notes' }] } });
    expect(await ask(url, '{ postCount }')).toMatchObject({
      errors: [{ extensions: { code: 'UNAUTHENTICATED', reason: 'MISSING' } }],
    });
  } finally {
    await stop();
  }
});

test('the composition program writes a supergraph schema', async () => {
  const block = blockWith('docs/guides/gateways.md', 'federation-composition');
  await layOutSchemas(block);
  expect((await start(block)).exitCode).toBe(0);
  const written = join(project.folder, 'dist', block.page.replaceAll(/\W/g, '-'), 'supergraph.graphql');
  expect(await readFile(written, 'utf8')).toContain('@join__graph(name: "posts"');
});
