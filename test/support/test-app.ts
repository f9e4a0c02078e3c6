import { afterAll } from '@jest/globals';
import type { FastifyInstance } from 'fastify';
import type { Feature } from '../../src/core/composition/feature.js';
import { FEATURES } from '../../src/features.js';
import type { Clock } from '../../src/platform/clock.js';
import { silentLogger } from '../../src/platform/logger.js';
import { createServer } from '../../src/cli/service/server.js';
import { composeSubgraph, type AuthSubgraph, type AuthSubgraphOptions } from '../../src/subgraph.js';
import { createTestDatabase, type TestDatabase } from './database.js';
import { recorded } from './recording-logger.js';
import { RunRecord } from './secrets/run-record.js';
import { noteBody, noteHeaders, noteOptions } from './secrets/secrets-in.js';
import { TEST_SECRET } from './test-secret.js';
import { RecordingMailer } from './recording-mailer.js';
import { GraphQLTestClient, type HttpAnswer } from './graphql-client.js';

export { TEST_SECRET };

/** A clock that stands still until it is moved. */
class TestClock implements Clock {
  private time: number;

  constructor(start: Date = new Date()) {
    this.time = start.getTime();
  }

  now(): Date {
    return new Date(this.time);
  }

  advance(seconds: number): void {
    this.time += seconds * 1000;
  }
}

/** Runs the tests with documents that are compiled after that many uses; 0 compiles all of them. */
const uses = process.env['TEST_COMPILE_AFTER_USES'];
const compilation = uses === undefined ? {} : { compileAfterUses: Number(uses) };

const closers: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const close of closers) await close();
});

/** The options of a test's subgraph; the rest has defaults for tests. */
export type TestOptions = Partial<Omit<AuthSubgraphOptions, 'jwt' | 'database'>> & {
  readonly jwt?: Partial<AuthSubgraphOptions['jwt']>;
  readonly database?: Partial<AuthSubgraphOptions['database']>;
  /** The address of the database for the subgraph, such as a gate in front of it. */
  readonly throughGate?: (databaseUrl: string) => Promise<string>;
  readonly trustedHops?: number;
  /** Whether events are delivered and emails are sent. */
  readonly background?: boolean;
  readonly features?: readonly Feature[];
  /** Whether what the tests send may be random, so that only what the service answers counts as a secret. */
  readonly sendsAnything?: boolean;
};

export interface TestApp extends GraphQLTestClient {
  readonly auth: AuthSubgraph;
  readonly server: FastifyInstance;
  readonly database: TestDatabase;
  readonly clock: TestClock;
  readonly mailer: RecordingMailer;
}

/** The real server on its own real database, driven in process. Closed after the tests of the file. */
export async function createTestApp({
  trustedHops = 0,
  background = false,
  features = FEATURES,
  sendsAnything = false,
  throughGate = async (url) => url,
  ...options
}: TestOptions = {}): Promise<TestApp> {
  const database = await createTestDatabase();
  const clock = options.clock instanceof TestClock ? options.clock : new TestClock();
  const mailer = new RecordingMailer();
  const auth = await composeSubgraph(
    {
      environment: 'test',
      clock,
      mailer,
      password: { saltRounds: 4 },
      // Tests call more often than users do.
      rateLimits: { enabled: false },
      ...options,
      logger: recorded(options.logger ?? silentLogger),
      database: { url: await throughGate(database.url), ...options.database },
      jwt: { secret: TEST_SECRET, ...options.jwt },
    },
    features,
  );
  if (background) await auth.start();
  const server = await createServer(auth, { trustedHops, ...compilation });
  noteSecrets(server, { jwt: { secret: TEST_SECRET }, ...options }, sendsAnything);
  closers.push(async () => {
    await server.close();
    await auth.close();
    await database.drop();
  });
  const client = new GraphQLTestClient(async (body, headers): Promise<HttpAnswer> => {
    const response = await server.inject({ method: 'POST', url: '/graphql', headers, payload: body });
    const setCookies = [response.headers['set-cookie'] ?? []].flat();
    return { status: response.statusCode, text: response.body, setCookies };
  });
  return Object.assign(client, { auth, server, database, clock, mailer });
}

/** Notes the secrets in the options, and those in requests and responses however they are sent. */
function noteSecrets(server: FastifyInstance, options: object, sendsAnything: boolean): void {
  const record = RunRecord.ofRun();
  noteOptions(record, options);
  server.addHook('onSend', (request, reply, payload, done) => {
    if (!sendsAnything) {
      noteHeaders(record, request.headers);
      noteBody(record, request.body);
    }
    noteHeaders(record, reply.getHeaders());
    noteBody(record, payload);
    done();
  });
}
