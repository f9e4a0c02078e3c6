import type { QueryClient } from '@tanstack/react-query';

/** What the tests use in the page. */
export interface ReactPage {
  /** Of React. */
  readonly version: string;
  readonly queries: QueryClient;
  /** What the page has shown, in order: status, email address and number of sessions. */
  readonly shown: string[];
}
