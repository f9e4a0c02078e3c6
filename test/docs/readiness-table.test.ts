import { expect, test } from '@jest/globals';
import { NOT_READY } from '../../src/platform/database/readiness.js';
import { rowsUnder } from '../support/pages.js';

test('the operations guide lists every status of /health/ready, and no other', () => {
  const listed = rowsUnder('docs/guides/operations.md', '`status`|Fails|What to do').map(([status]) => status);
  // The service adds `draining`.
  expect(listed.sort()).toEqual([...NOT_READY, 'draining'].map((status) => `\`${status}\``).sort());
});
