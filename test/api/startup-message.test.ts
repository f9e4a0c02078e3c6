import { expect, test } from '@jest/globals';
import { startReport } from '../../src/cli/service/startup-message.js';
import { createTestApp } from '../support/test-app.js';

// The pages and the explorer answer only to a name of this machine, and only some systems connect to 0.0.0.0 or [::].
test.each([
  ['http://127.0.0.1:4001', 'http://127.0.0.1:4002', 'http://localhost:4001', 'http://localhost:4002'],
  ['http://[::]:4001', 'http://[::]:4002', 'http://localhost:4001', 'http://localhost:4002'],
  ['http://[::1]:4001', 'http://127.0.0.12:4002', 'http://[::1]:4001', 'http://127.0.0.12:4002'],
])('a service on %s prints addresses that a browser opens', async (address, adminAddress, base, adminBase) => {
  const { auth } = await createTestApp({ environment: 'development' });
  const pages = [{ title: 'Explorer', path: '/' }];
  const { text, json } = startReport({
    ...{ address, adminAddress, pages, config: auth.config, databaseFolder: undefined },
  });
  expect(json).toEqual({
    ...{ url: `${base}/graphql`, adminUrl: `${adminBase}/graphql`, databaseFolder: null },
    pages: [{ title: 'Explorer', url: `${base}/` }],
  });
  const printed = [...text.matchAll(/http:\/\/[^\s/]+/g)].map(([url]) => url);
  expect(new Set(printed)).toEqual(new Set([base, adminBase]));
});
