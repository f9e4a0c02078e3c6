import { postJson } from '../bench/load/requests.js';
import type { Reply } from '../bench/load/http-response.js';
import { NoResponse, type Route } from './route.js';
import type { Tally } from './tally.js';

/** The result of an operation, as far as the clients need it. */
export interface Outcome {
  /** The name of the result's type, or `UNAUTHENTICATED`. */
  readonly __typename: string;
  readonly session?: { readonly id: string };
  readonly tokens?: { readonly accessToken: string; readonly refreshToken: string };
  readonly count?: number;
  readonly retryAfterSeconds?: number;
  readonly emailVerified?: boolean;
  readonly sessions?: readonly { readonly id: string }[];
}

/** An attempt that says nothing about the operation: it may be repeated. */
export interface Unanswered {
  readonly mayHaveHappened: boolean;
  readonly retryAfterSeconds?: number | undefined;
}

export type Answer = { readonly outcome: Outcome } | { readonly unanswered: Unanswered };

const SIGNED_IN = '... on LoginSuccess { session { id } tokens { accessToken refreshToken } }';
const TOO_MANY = '... on TooManyRequestsError { retryAfterSeconds }';
const SELECTIONS = {
  register: `${SIGNED_IN} ${TOO_MANY}`,
  login: `${SIGNED_IN} ${TOO_MANY}`,
  refresh: `${SIGNED_IN} ${TOO_MANY}`,
  verifyEmail: TOO_MANY,
  forgotPassword: TOO_MANY,
  resetPassword: TOO_MANY,
  changePassword: TOO_MANY,
  logout: '',
  revokeSession: '',
  revokeOtherSessions: '... on SessionsRevoked { count }',
  revokeAllSessions: '... on SessionsRevoked { count }',
} as const;

export type Mutation = keyof typeof SELECTIONS;
export type OperationName = Mutation | 'me';

const WITHOUT_INPUT: readonly OperationName[] = ['logout', 'revokeOtherSessions', 'revokeAllSessions'];
const SHOWN_CHARACTERS = 300;

export interface Call {
  readonly operation: OperationName;
  readonly input?: object;
  readonly token?: string;
}

interface Response {
  readonly data?: Readonly<Record<string, Outcome | null>> | null;
  readonly errors?: readonly { readonly extensions?: { readonly code?: string } }[];
}

function queryOf(operation: OperationName): string {
  if (operation === 'me') return '{ me { __typename emailVerified sessions { id } } }';
  const selection = `{ __typename ${SELECTIONS[operation]} }`;
  if (WITHOUT_INPUT.includes(operation)) return `mutation { ${operation} ${selection} }`;
  const type = `${operation.charAt(0).toUpperCase()}${operation.slice(1)}Input!`;
  return `mutation ($input: ${type}) { ${operation}(input: $input) ${selection} }`;
}

/** Makes one attempt at an operation and counts how it ended. */
export async function attempt(route: Route, { operation, input, token }: Call, tally: Tally): Promise<Answer> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const { url } = route;
  let reply: Reply;
  try {
    reply = await route.send(postJson('/graphql', { query: queryOf(operation), variables: { input } }, headers));
  } catch (error) {
    if (!(error instanceof NoResponse)) throw error;
    tally.failed(error.reason);
    return { unanswered: { mayHaveHappened: error.mayHaveHappened } };
  }
  return read(reply, operation, url, tally);
}

function read(reply: Reply, operation: OperationName, url: string, tally: Tally): Answer {
  const response = parse(reply);
  const outcome = response?.data?.[operation];
  // A field of the result can fail alone.
  if (outcome && !response.errors) {
    if (outcome.__typename.endsWith('Error')) tally.failed(outcome.__typename);
    else tally.succeeded(operation, url);
    if (outcome.__typename !== 'TooManyRequestsError') return { outcome };
    return { unanswered: { mayHaveHappened: false, retryAfterSeconds: outcome.retryAfterSeconds } };
  }
  const code = response?.errors?.[0]?.extensions?.code ?? 'untyped';
  tally.failed(code);
  if (code === 'UNAUTHENTICATED') return { outcome: { __typename: code } };
  if (code !== 'SERVICE_UNAVAILABLE')
    tally.violated(`${operation} answered ${String(reply.status)} ${reply.body.toString().slice(0, SHOWN_CHARACTERS)}`);
  return { unanswered: { mayHaveHappened: true } };
}

function parse({ body }: Reply): Response | undefined {
  try {
    return JSON.parse(body.toString()) as Response;
  } catch {
    return undefined;
  }
}
