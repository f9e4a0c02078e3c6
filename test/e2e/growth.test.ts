import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Comparison } from '../../scripts/growth/compare.js';
import type { Plan } from '../../scripts/growth/plans.js';
import type { Writes } from '../../scripts/growth/writes.js';

interface Report {
  readonly compared: Readonly<Record<string, Comparison>>;
  readonly plans: Readonly<Record<string, Plan[]>>;
  readonly rotations: Writes;
  readonly logins: Writes;
}

/** Large enough that the server prefers an index to reading the whole table. */
const USERS = 20_000;
const REFRESHES = 5_000;
const LOGINS = 40;
const COMMAND = `--import @swc-node/register/esm-register scripts/growth.ts --only build,compare,plans,writes
  --small 1000 --users ${String(USERS)} --seconds 1 --rounds 1 --refreshes ${String(REFRESHES)} --logins ${String(LOGINS)}`;

let folder: string;
let report: Report;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'auth-subgraph-growth-'));
  const { stdout } = await promisify(execFile)(process.execPath, [...COMMAND.split(/\s+/), '--folder', folder], {
    maxBuffer: 10_000_000,
  });
  report = JSON.parse(stdout) as Report;
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a database of twenty thousand users', () => {
  test.each([
    ['me', 1],
    ['refresh', 1],
    ['login', 2],
    ['_entities', 1],
  ])('costs %s no more statements than one of a thousand', (name, most) => {
    const { figures } = report.compared[name]!;
    expect(Object.keys(figures)).toEqual(['small', 'big']);
    for (const { failures, statements, perSecond, cpuMs, databaseMs, blocks } of Object.values(figures)) {
      expect(failures).toBe(0);
      expect(statements).toBeLessThanOrEqual(most);
      for (const figure of [perSecond, cpuMs, databaseMs, blocks]) expect(figure).toBeGreaterThan(0);
    }
  });

  test.each([
    ['me', ['auth_session_pkey', 'auth_user_pkey']],
    ['refresh', ['auth_session_handle_hash_unique', 'auth_user_pkey']],
    ['login', ['auth_user_email_unique', 'auth_device_token_hash_unique', 'auth_user_pkey', 'auth_device_pkey']],
    ['_entities', ['auth_user_pkey']],
    ['refresh, repeated', ['auth_session_handle_hash_unique', 'auth_user_pkey']],
  ])('is read through the indexes for %s', (name, expected) => {
    const plans = report.plans[name] ?? [];
    const indexes = plans.flatMap((plan) => plan.indexes);
    expect(indexes).toEqual(expect.arrayContaining(expected));
    // All sessions of a user are read to list or end them, and for nothing else.
    expect(indexes).not.toContain('auth_session_user_id_index');
    expect(plans.flatMap(({ scanned }) => scanned)).toEqual([]);
  });

  test('does not grow with rotations, which leave its indexes alone', () => {
    const { done, failures, updates, sizesMb } = report.rotations;
    expect({ done, failures }).toEqual({ done: REFRESHES, failures: 0 });
    expect(updates['auth_session']?.updates).toBe(REFRESHES);
    expect(updates['auth_session']?.hotShare).toBeGreaterThan(0.99);
    for (const { before, after } of Object.values(sizesMb)) expect(after).toBeLessThanOrEqual(before * 1.02 + 0.1);
  });

  test('keeps its indexes of users and devices unchanged by sign-ins', () => {
    const { done, failures, updates } = report.logins;
    expect({ done, failures }).toEqual({ done: LOGINS, failures: 0 });
    for (const table of ['auth_user', 'auth_device']) {
      expect(updates[table]?.updates).toBe(LOGINS);
      expect(updates[table]?.hotShare).toBe(1);
    }
  });
});
