import { randomBytes } from 'node:crypto';
import { RunRecord } from './secrets/run-record.js';
import { noteBody, noteHeaders } from './secrets/secrets-in.js';

export interface HttpAnswer {
  readonly status: number;
  readonly text: string;
  readonly setCookies?: readonly string[];
}

interface TopLevelError {
  readonly message: string;
  readonly path?: (string | number)[];
  readonly extensions: { readonly code: string; readonly reason?: string; readonly errorId?: string };
}

/** A response as a client sees it. */
export interface Answer<Data = unknown> {
  readonly status: number;
  readonly text: string;
  readonly data: Data;
  readonly errors: TopLevelError[];
  /** The Set-Cookie headers. */
  readonly setCookies: readonly string[];
}

export interface RequestOptions {
  /** An access token. */
  readonly token?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The outcome of a mutation whose result is a union. */
export interface Outcome {
  readonly __typename: string;
  readonly code?: string;
  readonly message?: string;
  readonly violations?: string[];
  readonly field?: string;
  readonly retryAfterSeconds?: number;
  readonly sessionId?: string;
  readonly count?: number;
  readonly deviceToken?: string | null;
  readonly email?: string;
  readonly user?: { id: string; email: string; emailVerified: boolean; firstName: string | null };
  readonly session?: { id: string; current: boolean; deviceName: string | null };
  readonly tokens?: {
    accessToken: string;
    accessTokenExpiresAt: string;
    refreshToken: string;
    refreshTokenExpiresAt: string;
  };
}

/** A signed-in user. */
export interface SignedIn {
  readonly email: string;
  readonly password: string;
  readonly userId: string;
  readonly sessionId: string;
  readonly accessToken: string;
  readonly refreshToken: string;
}

const LOGIN_SUCCESS = `... on LoginSuccess {
  user { id email emailVerified firstName }
  session { id current deviceName }
  tokens { accessToken accessTokenExpiresAt refreshToken refreshTokenExpiresAt }
  deviceToken
}`;
const RETRY = '... on TooManyRequestsError { retryAfterSeconds }';
const FIELD = '... on InvalidInputError { field }';

/** The fields requested from each result in addition to `__typename` and the fields of `AuthError`. */
const SELECTIONS: Readonly<Record<string, string>> = {
  register: `${LOGIN_SUCCESS} ... on EmailVerificationRequired { email } ${RETRY} ... on WeakPasswordError { violations } ${FIELD}`,
  login: `${LOGIN_SUCCESS} ${RETRY} ${FIELD} ... on AccountLockedError { retryAfterSeconds }`,
  refresh: `${LOGIN_SUCCESS} ${RETRY}`,
  verifyEmail: '... on EmailVerified { user { id } }',
  resendVerification: `... on MailRequested { email } ${FIELD}`,
  forgotPassword: `... on MailRequested { email } ${FIELD}`,
  resetPassword: `... on PasswordChanged { user { id } } ... on WeakPasswordError { violations } ${RETRY}`,
  changePassword: `... on PasswordChanged { user { id } } ... on WeakPasswordError { violations } ${RETRY}`,
  changeEmail: `... on MailRequested { email } ${RETRY} ${FIELD}`,
  confirmEmailChange: '... on EmailChanged { user { id } }',
  updateProfile: `... on ProfileUpdated { user { id firstName } } ${FIELD} ${RETRY}`,
  acceptInvitation: `${LOGIN_SUCCESS} ${RETRY} ${FIELD} ... on WeakPasswordError { violations }`,
  logout: '... on SessionRevoked { sessionId }',
  revokeSession: '... on SessionRevoked { sessionId }',
  revokeOtherSessions: '... on SessionsRevoked { count }',
  revokeAllSessions: '... on SessionsRevoked { count }',
};

/** The selection of a mutation's whole outcome. */
function outcomeOf(field: string): string {
  const authError = /All|Other/.test(field) ? '' : '... on AuthError { code message }';
  return `__typename ${authError} ${SELECTIONS[field] ?? ''}`;
}

export const DEFAULT_PASSWORD = 'correct horse battery staple';

export function newEmail(): string {
  return `user-${randomBytes(6).toString('hex')}@example.com`;
}

/** Notes what a request sends or a response brings, for the search for secrets at the end of the run. */
function noteSecrets(body: string, headers: object): void {
  const record = RunRecord.ofRun();
  noteBody(record, body);
  noteHeaders(record, { ...headers });
}

type Send = (body: string, headers: Record<string, string>) => Promise<HttpAnswer>;

/** A GraphQL client, independent of the transport. */
export class GraphQLTestClient {
  constructor(private readonly send: Send) {}

  async request<Data = unknown>(
    query: string,
    variables: object = {},
    options: RequestOptions = {},
  ): Promise<Answer<Data>> {
    return this.post(JSON.stringify({ query, variables }), options);
  }

  /** Sends a body unchanged. */
  async post<Data = unknown>(body: string, { token, headers = {} }: RequestOptions = {}): Promise<Answer<Data>> {
    const sent = {
      'content-type': 'application/json',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...headers,
    };
    noteSecrets(body, sent);
    const { status, text, setCookies = [] } = await this.send(body, sent);
    noteSecrets(text, { 'set-cookie': setCookies });
    const parsed = (text.startsWith('{') ? JSON.parse(text) : {}) as { data: Data; errors?: TopLevelError[] };
    return { status, text, data: parsed.data, errors: parsed.errors ?? [], setCookies };
  }

  /** Runs one mutation and returns its outcome; fails the test on a top-level error. */
  async mutate(field: string, input?: object, options: RequestOptions = {}): Promise<Outcome> {
    const answer = await this.mutation(field, input, options);
    const outcome = (answer.data as Record<string, Outcome | null> | undefined)?.[field];
    if (!outcome) throw new Error(`${field} answered ${answer.text}`);
    return outcome;
  }

  /** Runs one mutation and returns the whole response. */
  async mutation(field: string, input?: object, options: RequestOptions = {}): Promise<Answer> {
    const type = `${field.charAt(0).toUpperCase()}${field.slice(1)}Input`;
    const query =
      input === undefined
        ? `mutation { ${field} { ${outcomeOf(field)} } }`
        : `mutation ($input: ${type}!) { ${field}(input: $input) { ${outcomeOf(field)} } }`;
    return this.request(query, { input }, options);
  }

  /** A new user, signed in. */
  async register(
    input: { email?: string; password?: string; firstName?: string; lastName?: string } = {},
  ): Promise<SignedIn> {
    const { email = newEmail(), password = DEFAULT_PASSWORD, ...rest } = input;
    return this.signedIn(await this.mutate('register', { email, password, ...rest }), email, password);
  }

  /** Another session of a user. */
  async login({ email, password }: { email: string; password: string }, options?: RequestOptions): Promise<SignedIn> {
    return this.signedIn(await this.mutate('login', { email, password }, options), email, password);
  }

  async refresh(refreshToken: string, options?: RequestOptions): Promise<Outcome> {
    return this.mutate('refresh', { refreshToken }, options);
  }

  async me(token?: string): Promise<Answer> {
    return this.request('{ me { id email } }', {}, { token });
  }

  private signedIn(outcome: Outcome, email: string, password: string): SignedIn {
    const { user, session, tokens } = outcome;
    if (!user || !session || !tokens) throw new Error(`expected a session, not ${JSON.stringify(outcome)}`);
    return { email, password, userId: user.id, sessionId: session.id, ...tokens };
  }
}
