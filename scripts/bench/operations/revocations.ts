import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import pg from 'pg';
import { createTokenVerifier } from '../../../packages/verifier/src/index.js';
import { createTestAuth } from '../../../packages/verifier/src/testing.js';
import { round } from '../figures/numbers.js';

const REVOKED = 100_000;
const MB = 1024 * 1024;

/** Inserts `REVOKED` sessions of one user that have just been revoked. */
async function revoke(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query(
    `insert into auth_session (id, user_id, handle_hash, token_hash, created_at, last_used_at, expires_at,
       absolute_expires_at, revoked_at, revoked_reason)
     select gen_random_uuid(), (select id from auth_user limit 1), sha256(n::text::bytea), '', at, at, at + interval '7 days',
       at + interval '7 days', at, 'REVOKED' from generate_series(1, $1::int) n, (select $2::timestamptz as at) moment`,
    [REVOKED, new Date(performance.timeOrigin + performance.now() - 120_000)],
  );
  await client.query('analyze auth_session');
  await client.end();
}

async function timed<T>(work: () => Promise<T>): Promise<[ms: number, outcome: T]> {
  const start = performance.now();
  const outcome = await work();
  return [round(performance.now() - start, 1), outcome];
}

/** The memory in use after a garbage collection. */
function heapUsed(): number {
  setFlagsFromString('--expose_gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}

/** Measures the cost of the feed when a hundred thousand sessions have ended within the lifetime of an access token. */
export async function measureRevocations(databaseUrl: string, serviceUrl: string): Promise<Record<string, number>> {
  console.error(`measuring the feed with ${REVOKED.toLocaleString('en')} revocations …`);
  await revoke(databaseUrl);
  const uri = new URL('/revocations', serviceUrl).href;
  const [wholeMs, text] = await timed(async () => (await fetch(uri)).text());
  const { cursor } = JSON.parse(text) as { cursor: number };
  const [newsMs, news] = await timed(async () => (await fetch(`${uri}?since=${String(cursor + 90_000)}`)).text());
  const auth = createTestAuth();
  const before = heapUsed();
  const verifier = createTokenVerifier({ ...auth.verifierOptions, revocations: { everySeconds: 3600, uri } });
  const token = auth.signTestToken();
  const [firstMs] = await timed(() => verifier.verify(token));
  const heap = heapUsed() - before;
  verifier.close();
  return {
    'bytes of the whole feed': Buffer.byteLength(text),
    'ms for the whole feed, as a verifier starts': wholeMs,
    'bytes of an update': Buffer.byteLength(news),
    'ms for an update, as a verifier polls': newsMs,
    'ms until the first token is verified': firstMs,
    'MB in a verifier': round(heap / MB, 1),
  };
}
