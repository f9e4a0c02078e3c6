import { randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createTestDatabase } from '../support/database.js';
import { dumpRows } from '../support/database-dump.js';
import { RunRecord } from '../support/secrets/run-record.js';
import { searchRun, type Findings } from '../support/secrets/search-run.js';
import { noteBody, noteEnvironment, noteHeaders, noteOptions } from '../support/secrets/secrets-in.js';

// A record of its own, so that the secrets planted here are unknown to the search at the end of the run.
let record: RunRecord;
beforeEach(() => {
  record = new RunRecord(mkdtempSync(join(tmpdir(), 'auth-subgraph-planted-')));
});
afterEach(() => rm(record.folder, { recursive: true }));

const PASSWORD = 'a "quoted" \\ päss/word + more';
const TOKEN = randomBytes(32).toString('base64url');

async function placesOf(): Promise<string[]> {
  return (await searchRun(record)).leaks.map(({ place }) => place);
}

describe('the search for secrets', () => {
  test.each<[string, string, string]>([
    ['as it is', PASSWORD, `{ password: ${PASSWORD} }`],
    ['in JSON', PASSWORD, JSON.stringify({ msg: PASSWORD })],
    ['in JSON within JSON', PASSWORD, JSON.stringify({ msg: JSON.stringify({ password: PASSWORD }) })],
    ['in a URL', PASSWORD, `GET /?password=${encodeURIComponent(PASSWORD)}`],
    ['in hex', PASSWORD, `\\x${Buffer.from(`before ${PASSWORD} after`).toString('hex')}`],
    ['in Base64', PASSWORD, `Basic ${Buffer.from(`ada:${PASSWORD}`).toString('base64')}`],
    ['in Base64 at another offset', PASSWORD, `Basic ${Buffer.from(`grace:${PASSWORD}`).toString('base64')}`],
    ['in Base64 at the third offset', PASSWORD, Buffer.from(`grace@:${PASSWORD}`).toString('base64url')],
    ['as it is', TOKEN, `the link was https://example.com/?token=${TOKEN}`],
    ['cut off', TOKEN, `the token ${TOKEN.slice(0, 30)}… is invalid`],
    ['decoded, in hex', TOKEN, Buffer.from(TOKEN, 'base64url').toString('hex')],
    ['decoded, in Base64', TOKEN, Buffer.from(TOKEN, 'base64url').toString('base64')],
    ['as the secret of a refresh token', `${'h'.repeat(21)}A.${TOKEN}`, `the secret ${TOKEN}`],
    ['as the signature of a JWT', `eyJhbGciOiJIUzI1NiJ9.e30.${TOKEN}`, `the signature ${TOKEN}`],
  ])('finds one that is logged %s (%#)', async (_form, secret, line) => {
    record.secret(secret, 'planted');
    record.log('log', `an ordinary line\n${line}\nanother one`);
    const { leaks, texts } = await searchRun(record);
    expect(leaks).toHaveLength(1);
    expect(leaks[0]).toMatchObject({ by: 'test/api/secret-search.test.ts', secret: { name: 'planted' } });
    expect(leaks[0]?.place).toMatch(/^log/);
    expect(leaks[0]?.text).not.toContain(secret);
    expect(texts).toBe(3);
  });

  test('finds one in a row, and names its table and column', async () => {
    const database = await createTestDatabase();
    await database.sql('create table note (body jsonb, bytes bytea, words text)');
    await database.sql('insert into note (body) values ($1)', [{ nested: [PASSWORD] }]);
    await database.sql('insert into note (bytes) values ($1)', [Buffer.from(PASSWORD)]);
    await database.sql('insert into note (words) values ($1)', [`so ${PASSWORD}`]);
    record.secret(PASSWORD, 'password');
    record.rows(await dumpRows(database.url));
    expect((await placesOf()).sort()).toEqual(['public.note.body', 'public.note.bytes', 'public.note.words']);
    await database.drop();
  });

  test('allows the request that is shown at the start in development, but no other with the same password', async () => {
    const shown = (email: string, end = ''): string =>
      `-d '{"query":"mutation { login(input: { email: \\"${email}\\", password: \\"${TOKEN}\\"${end} }) { __typename } }"}'`;
    record.secret(TOKEN, 'password');
    record.log('output of serve', shown('ada@example.com'));
    record.log('output of serve', shown('ada@example.com', ', firstName: \\"Ada\\"'));
    expect(await placesOf()).toEqual([]);
    record.log('output of serve', shown('bob@example.com'));
    expect(await placesOf()).toEqual(['output of serve']);
  });

  test('does not take hashes, headers of tokens or short words for secrets', async () => {
    record.secret(`eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.${TOKEN}`, 'accessToken');
    record.secret('wrong', 'password');
    record.log('log', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0 was wrong');
    expect(await placesOf()).toEqual([]);
  });
});

describe('what a test uses is noted', () => {
  async function noted(): Promise<Findings> {
    record.log('log', TOKEN);
    return searchRun(record);
  }

  test.each<[string, () => void]>([
    ['in variables', () => noteBody(record, { query: '', variables: { input: { password: TOKEN } } })],
    [
      'in a document',
      () => noteBody(record, JSON.stringify({ query: `{ verifyEmail(input: { token: "${TOKEN}" }) }` })),
    ],
    ['in a response', () => noteBody(record, JSON.stringify({ data: { login: { tokens: { refreshToken: TOKEN } } } }))],
    ['in a batch', () => noteBody(record, JSON.stringify([{ variables: { newPassword: TOKEN } }]))],
    ['in a header', () => noteHeaders(record, { authorization: `Bearer ${TOKEN}` })],
    ['in a cookie', () => noteHeaders(record, { cookie: `a=b; refresh_token=${TOKEN}` })],
    ['in a cookie that is set', () => noteHeaders(record, { 'set-cookie': [`refresh_token=${TOKEN}; Path=/`] })],
    ['in an option', () => noteOptions(record, { jwt: { secret: TOKEN } })],
    ['in a variable', () => noteEnvironment(record, { ROUTER_SECRET: `other secret, ${TOKEN}` })],
    ['in the address of a server', () => noteEnvironment(record, { SMTP_URL: `smtp://ada:${TOKEN}@example.com` })],
    ['in a JWK', () => noteOptions(record, { jwt: { keys: [{ kty: 'EC', d: TOKEN }] } })],
  ])('%s', async (_where, note) => {
    note();
    expect((await noted()).leaks).toHaveLength(1);
  });
});
