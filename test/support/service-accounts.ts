import type { TestApp } from './test-app.js';
import type { GraphQLTestClient, RequestOptions } from './graphql-client.js';
import { RunRecord } from './secrets/run-record.js';

export interface TestService {
  readonly id: string;
  readonly keyId: string;
  /** The key itself. */
  readonly key: string;
}

/** The outcome of `issueServiceToken`. */
export interface IssueOutcome {
  readonly __typename: string;
  readonly code?: string;
  readonly message?: string;
  readonly retryAfterSeconds?: number;
  readonly accessToken?: string;
  readonly accessTokenExpiresAt?: string;
  readonly scopes?: readonly string[];
}

/** Creates a service account with one key. */
export async function createService(
  app: Pick<TestApp, 'auth'>,
  scopes: readonly string[] = [],
  name = 'billing',
): Promise<TestService> {
  const { id } = await app.auth.services.serviceAccounts.create({ name, scopes });
  return { id, ...(await createKey(app, id)) };
}

export async function createKey({ auth }: Pick<TestApp, 'auth'>, id: string): Promise<Omit<TestService, 'id'>> {
  const { key, secret } = await auth.services.serviceAccounts.createKey(id);
  RunRecord.ofRun().secret(secret, 'key');
  return { keyId: key.id, key: secret };
}

const ISSUE = `mutation ($input: IssueServiceTokenInput!) {
  issueServiceToken(input: $input) {
    __typename
    ... on ServiceTokenIssued { accessToken accessTokenExpiresAt scopes }
    ... on AuthError { code message }
    ... on TooManyRequestsError { retryAfterSeconds }
  }
}`;

/** Exchanges a key for a token, whatever the outcome. */
export async function exchange(
  app: GraphQLTestClient,
  key: string,
  options: RequestOptions = {},
): Promise<IssueOutcome> {
  const { data } = await app.request<{ issueServiceToken: IssueOutcome }>(ISSUE, { input: { key } }, options);
  return data.issueServiceToken;
}

/** The access token that a key gets. */
export async function tokenOf(app: TestApp, { key }: Pick<TestService, 'key'>): Promise<string> {
  const outcome = await exchange(app, key);
  if (outcome.accessToken === undefined) throw new Error(`no token: ${JSON.stringify(outcome)}`);
  return outcome.accessToken;
}
