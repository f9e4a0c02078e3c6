import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from '@jest/globals';
import type { ChaosOutcome } from '../../scripts/chaos/run.js';

const PROGRAM = ['--import', '@swc-node/register/esm-register', 'scripts/chaos.ts', '--json', '--release-deliveries'];

async function chaos(...words: readonly string[]): Promise<{ code: number | null; outcome: ChaosOutcome }> {
  const child = spawn(process.execPath, [...PROGRAM, ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  if (!stdout.startsWith('{')) throw new Error(stderr);
  return { code, outcome: JSON.parse(stdout) as ChaosOutcome };
}

test('a database and a process that are killed under load lose nothing that was acknowledged', async () => {
  const { code, outcome } = await chaos(...'--seconds 8 --clients 16 --database-kills 1 --process-kills 1'.split(' '));
  const { audit, errors, operations, outages, violations } = outcome;
  expect({ code, violations }).toEqual({ code: 0, violations: [] });
  expect(Object.keys(errors)).not.toContain('INTERNAL_SERVER_ERROR');
  expect(operations).toMatchObject({ register: expect.any(Number), refresh: expect.any(Number) });
  expect(audit.liveSessions).toBeGreaterThan(0);
  expect(audit.emails).toBeGreaterThanOrEqual(audit.people);
  expect(outages.map(({ victim }) => victim)).toEqual(['database (SIGKILL)', expect.stringMatching(/^process/)]);
  // Each process logs the outage of the database once.
  expect(outages[0]?.logLines).toMatchObject({ 'the database is unavailable': 2 });
});

test('the audit finds what the database acknowledged and lost', async () => {
  // With more clients or less time, few have registered when the database is killed, so that there is little to lose.
  const words = '--unsafe --seconds 10 --clients 8 --database-kills 1 --process-kills 0'.split(' ');
  let { code, outcome } = await chaos(...words);
  // If the database has just written everything when it is killed, nothing is lost.
  for (let again = 0; again < 3 && code === 0; again += 1) ({ code, outcome } = await chaos(...words));
  expect(code).toBe(1);
  expect(outcome.violationCount).toBeGreaterThan(0);
});
