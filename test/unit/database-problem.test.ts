import { expect, test } from '@jest/globals';
import { databaseProblem } from '../../src/cli/database-problem.js';

const MISSING_RIGHT = Object.assign(new Error('permission denied for table auth_user'), { code: '42501' });

test.each([
  ['postgresql://app@db.example/auth', 'app'],
  ['postgresql://app%40acme@db.example/auth', 'app@acme'],
  ['postgresql://100%@db.example/auth', '100%'],
  ['postgresql://a%ffb@db.example/auth', 'a%ffb'],
])('missing rights are explained for the user of %s', (url, role) => {
  expect(databaseProblem(MISSING_RIGHT, url)?.message).toContain(
    `grant usage on schema public, auth_jobs to "${role}"`,
  );
});
