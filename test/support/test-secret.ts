/** Signs the access tokens in tests. */
export const TEST_SECRET = 'a secret of the tests that is long enough';
