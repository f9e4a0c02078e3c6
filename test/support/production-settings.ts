import { TEST_SECRET } from './test-secret.js';

/** The variables that production requires. */
export const PRODUCTION: Readonly<Record<string, string>> = {
  NODE_ENV: 'production',
  JWT_SECRET: TEST_SECRET,
  DATABASE_URL: 'postgresql://localhost/none',
  SMTP_URL: 'smtp://127.0.0.1:2525',
  ROUTER_ALLOW_DIRECT_ACCESS: 'true',
};
