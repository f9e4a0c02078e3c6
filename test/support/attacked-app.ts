import { expect } from '@jest/globals';
import type { InjectOptions } from 'fastify';
import { CountingHasher } from './counting-hasher.js';
import { recordingLogger } from './recording-logger.js';
import { createTestApp, type TestApp, type TestOptions } from './test-app.js';

/** Longer than any list of errors about names of ordinary length. */
const MAX_RESPONSE_CHARACTERS = 25_000;

const CODES = [
  'BAD_REQUEST',
  'BAD_USER_INPUT',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'OPERATION_TOO_COMPLEX',
  'PERSISTED_QUERY_NOT_SUPPORTED',
];

export interface Reply {
  readonly status: number;
  readonly text: string;
}

export interface AttackedApp {
  readonly app: TestApp;
  readonly hasher: CountingHasher;
  /** Sends a request to `/graphql`, with POST and as JSON unless it says otherwise. */
  send(request: InjectOptions): Promise<Reply>;
  /** Sends a request, and expects a typed refusal, no password work, an empty log, and service for everybody else. */
  expectRefused(request: InjectOptions): Promise<Reply>;
}

/** A service whose password comparisons and log lines are watched. */
export async function createAttackedApp(options: TestOptions = {}): Promise<AttackedApp> {
  const hasher = new CountingHasher();
  const log = recordingLogger();
  const app = await createTestApp({ ...options, hasher, logger: log.logger });
  const send: AttackedApp['send'] = async ({ headers, ...request }) => {
    const { statusCode, body } = await app.server.inject({
      method: 'POST',
      url: '/graphql',
      headers: { 'content-type': 'application/json', ...headers },
      ...request,
    });
    return { status: statusCode, text: body };
  };
  const expectRefused: AttackedApp['expectRefused'] = async (request) => {
    const before = [hasher.comparisons, hasher.hashes, log.lines().length];
    const reply = await send(request);
    expect(reply.text.length).toBeLessThan(MAX_RESPONSE_CHARACTERS);
    if (request.method !== 'HEAD') expectErrors(reply);
    expect([hasher.comparisons, hasher.hashes, log.lines().length]).toEqual(before);
    expect(await send({ payload: { query: '{ __typename }' } })).toEqual({
      status: 200,
      text: '{"data":{"__typename":"Query"}}\n',
    });
    return reply;
  };
  return { app, hasher, send, expectRefused };
}

function expectErrors({ status, text }: Reply): void {
  const { errors, data } = JSON.parse(text) as {
    errors?: { extensions: { code: string } }[];
    data?: Record<string, unknown> | null;
  };
  expect(Object.values(data ?? {}).filter((value) => value !== null)).toEqual([]);
  expect(errors?.length).toBeGreaterThan(0);
  for (const { extensions } of errors ?? []) expect(CODES).toContain(extensions.code);
  expect(status === 200 || (status >= 400 && status < 500)).toBe(true);
}
