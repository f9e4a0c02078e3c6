import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../packages/embedded-postgres/src/index.js';
import { runCommand } from '../support/service-process.js';

const OPENSSL = '/usr/bin/openssl';
const hasOpenssl = existsSync(OPENSSL);
if (!hasOpenssl) process.stderr.write(`The tests of TLS to the database are skipped: ${OPENSSL} is missing.\n`);

/** Many providers sign the certificates of their servers themselves. */
(hasOpenssl ? describe : describe.skip)('a database with TLS and a self-signed certificate', () => {
  let folder: string;
  let certificate: string;
  let postgres: EmbeddedPostgres | undefined;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'auth-subgraph-tls-'));
    await chmod(folder, 0o755);
    certificate = join(folder, 'server.crt');
    const key = join(folder, 'server.key');
    const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
    const made = [
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-keyout',
      key,
      '-out',
      certificate,
    ];
    execFileSync(OPENSSL, ['req', '-x509', '-days', '2', ...made, ...names], { stdio: 'ignore' });
    const place = { folder: join(folder, 'postgres') };
    const created = await startEmbeddedPostgres(place);
    await created.stop();
    // The server reads a key only if it is its own.
    const { uid, gid } = await stat(join(created.folder, 'data'));
    await chown(key, uid, gid);
    await chmod(certificate, 0o644);
    const settings = ['ssl=on', `ssl_cert_file=${certificate}`, `ssl_key_file=${key}`];
    postgres = await startEmbeddedPostgres({ ...place, flags: settings.flatMap((setting) => ['-c', setting]) });
  });
  afterAll(async () => {
    await postgres?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** Creates the tables over a connection with these parameters. */
  async function migrate(parameters: string): Promise<{ code: number | null; output: string }> {
    const url = new URL(postgres?.url ?? '');
    url.hostname = 'localhost';
    url.search = parameters.replace('<ca>', encodeURIComponent(certificate));
    return runCommand(['migrate'], { DATABASE_URL: url.href });
  }

  test.each(['sslmode=verify-full&sslrootcert=<ca>', 'uselibpqcompat=true&sslmode=require', 'sslmode=no-verify'])(
    'is used with %s',
    async (parameters) => {
      expect(await migrate(parameters)).toMatchObject({ code: 0 });
    },
  );

  test.each(['sslmode=verify-full', 'sslmode=require'])('is not trusted with %s', async (parameters) => {
    const { code, output } = await migrate(parameters);
    expect(code).toBe(1);
    expect(output).toContain('self-signed certificate');
    expect(output).toContain('the TLS settings are correct');
  });
});
