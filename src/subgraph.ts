import 'reflect-metadata';
import type { GraphQLSchema, ParseOptions, ValidationRule } from 'graphql';
import { checkKeys, resolveConfig, type AuthConfig } from './config/config.js';
import type { AuthOptions } from './config/options.js';
import type { EventBus } from './core/events/event-bus.js';
import type { EventDeliveryService } from './core/events/event-delivery.service.js';
import { createContextBuilder, type ContextBuilder } from './core/graphql/context.js';
import { apolloPlugins, type ApolloPlugin } from './platform/graphql/apollo-plugins.js';
import { DocumentStore } from './platform/graphql/document-store.js';
import { createErrorFormatter, type ErrorFormatter } from './core/errors/error-formatter.js';
import { operationLimits } from './platform/graphql/operation-limits.js';
import type { KeySource } from '@auth-subgraph/verifier';
import type { PublicJwk } from '@auth-subgraph/verifier/internal';
import { createRouterCheck, type RouterCheck } from './platform/http/router-secret.js';
import { uuidV7 } from './platform/random.js';
import { DatabaseSetupError } from './platform/database/database-setup.error.js';
import { openDatabase, type Database } from './platform/database/database.js';
import { forkEntityManager, hasPendingMigrations, migrate } from './platform/database/orm.js';
import { createReadinessCheck, SCHEMA_NOT_READY, type Readiness } from './platform/database/readiness.js';
import { createBackground, type Background } from './wiring/background.js';
import { createCore, useKeys, type Core, type Ports } from './wiring/core.js';
import { buildSchema, createResolverScope } from './wiring/resolvers.js';
import { createHandlers, type AuthHandlers } from './core/publications/handlers.js';
import type { RevocationFeedService, Revocations } from './core/sessions/revocation-feed.service.js';
import { createRevocationFeed, createServices, type AuthServices } from './wiring/services.js';

/** A document of more tokens than this is not parsed. */
const MAX_DOCUMENT_TOKENS = 5_000;
/** Validation of a document stops after this many errors. */
const MAX_VALIDATION_ERRORS = 20;

/** Plain options by their paths, and ports beside them. */
export type AuthSubgraphOptions = AuthOptions & Partial<Ports>;

/** What to spread into `new ApolloServer({ … })`. */
export interface ApolloOptions {
  readonly schema: GraphQLSchema;
  readonly formatError: ErrorFormatter;
  readonly validationRules: ValidationRule[];
  readonly validationOptions: { readonly maxErrors: number; readonly hideSuggestions: true };
  readonly parseOptions: ParseOptions;
  readonly documentStore: DocumentStore;
  readonly includeStacktraceInErrorResponses: false;
  /** Apollo Server would go by `NODE_ENV`, which is not the subgraph's `environment` in every application. */
  readonly nodeEnv: AuthConfig['environment'];
  readonly introspection: boolean;
  /**
   * No traces for strangers, no page that loads scripts from elsewhere, nothing to be cached. Keep them when you add your
   * own: `plugins: [...auth.apolloOptions.plugins, mine]`.
   */
  readonly plugins: ApolloPlugin[];
}

/** A subgraph on its database, for a server to answer with. */
export interface AuthSubgraph {
  /** The resolved options, frozen. */
  readonly config: AuthConfig;
  /** The executable Federation v2 subgraph schema. */
  readonly schema: GraphQLSchema;
  /** The schema as a gateway composes it. */
  readonly sdl: string;
  /** Builds a resolver context of a request's headers and client address. Never throws. */
  readonly context: ContextBuilder;
  /**
   * Whether a request comes from the router, as its headers show, so that its X-Forwarded-For may be believed. Without
   * `router.secret` every request counts as the router's.
   */
  readonly isFromRouter: RouterCheck;
  /** Spread these into your own `new ApolloServer({ … })`: without them errors are not masked nor operations limited. */
  readonly apolloOptions: ApolloOptions;
  /** The services on an EntityManager of their own. */
  readonly services: AuthServices;
  /** Where to listen to what happens: `events.on(UserRegistered, …)`, before `start()`. */
  readonly events: Pick<EventBus, 'on'>;
  /** The deliveries of events that were given up, for an operator. */
  readonly deliveries: Pick<EventDeliveryService, 'listParked' | 'replayParked'>;
  /** The public keys that verify its access tokens; none, where a shared secret signs. @see RFC 7517 §5 */
  readonly publicKeys: readonly PublicJwk[];
  /**
   * Puts another ring of keys in the place of the present one: the first signs, the others verify.
   * @throws ConfigError a key cannot be used; names every one, and the present ring stays
   */
  useKeys(keys: readonly KeySource[]): void;
  /**
   * What was revoked so recently that access tokens of it could still be in use, for verifiers in other subgraphs.
   * @param cursor that of an earlier answer, to be told the news only
   */
  revocations(cursor?: number): Promise<Revocations>;
  /** Serve the public keys and the feed of revocations from your own HTTP server. */
  readonly handlers: AuthHandlers;
  /**
   * Starts to deliver events, to send emails and to tidy up. Requests are answered without it, and nothing is lost.
   * @throws DatabaseSetupError the database schema is missing or not up to date
   */
  start(): Promise<void>;
  /**
   * Brings the database schema up to date, the job queue's too; safe on several processes at once.
   * @throws DatabaseSetupError the database cannot be used as it is; the message says how to fix it
   */
  migrate(): Promise<void>;
  /** Whether there is anything for `migrate` to do. Changes nothing. */
  hasPendingMigrations(): Promise<boolean>;
  /** Whether requests can be answered: the database answers, takes writes and has the schema. */
  isReady(): Promise<boolean>;
  /** The same in words: `ok`, or what is wrong. */
  readiness(): Promise<Readiness>;
  /**
   * Whether the process can still get a connection to the database. `false` if each of its connections has been in use
   * for two minutes: it should be restarted. Stays `true` while the database is down, where a restart would not help.
   */
  isLive(): boolean;
  /** Lets what is under way finish, and closes the database connections. */
  close(): Promise<void>;
}

/**
 * Builds the auth subgraph: the schema, the context builder and the services, on a PostgreSQL database.
 * @param options plain values and ports, or a function that fetches them
 * @throws ConfigError options are unknown, wrong or contradictory; names all of them at once
 */
export async function createAuthSubgraph(
  options: AuthSubgraphOptions | (() => Promise<AuthSubgraphOptions>),
): Promise<AuthSubgraph> {
  const given = typeof options === 'function' ? await options() : options;
  const { clock, random, hasher, logger, mailer, claims, ...plain } = given;
  const core = createCore(resolveConfig(plain), { clock, random, hasher, logger, mailer, claims });
  const { schema, sdl } = buildSchema(core.config);
  const database = await openDatabase(core.config.database, core);
  const { requests: orm } = database;
  const background = createBackground(database, core);
  const revocations = createRevocationFeed(forkEntityManager(orm), core);
  const servicesOfRequest = (): AuthServices => createServices(forkEntityManager(orm), core);
  const isFromRouter = createRouterCheck(core.config.router.secrets);
  return {
    config: core.config,
    schema,
    sdl,
    context: createContextBuilder(core, isFromRouter, () => createResolverScope(servicesOfRequest)),
    isFromRouter,
    // A store holds what one server has validated, so each server gets its own.
    get apolloOptions() {
      return apolloOptionsOf(schema, core);
    },
    get services() {
      return servicesOfRequest();
    },
    events: core.bus,
    get publicKeys() {
      return core.accessTokens.publicKeys;
    },
    useKeys: (keys) => useKeys(core, checkKeys(keys)),
    deliveries: background.delivery,
    revocations: (cursor) => revocations.list(cursor),
    handlers: handlersOf(core, revocations),
    ...upkeepOf(database, background, core.config),
  };
}

type Upkeep = Pick<
  AuthSubgraph,
  'start' | 'migrate' | 'hasPendingMigrations' | 'readiness' | 'isReady' | 'isLive' | 'close'
>;

function upkeepOf(database: Database, background: Background, config: AuthConfig): Upkeep {
  const { requests: orm } = database;
  const readiness = createReadinessCheck(orm);
  return {
    async start() {
      if ((await readiness()) === SCHEMA_NOT_READY)
        throw new DatabaseSetupError('The database schema is missing or not up to date. Call `auth.migrate()` first.');
      await background.start();
    },
    migrate: () => migrate(config.database.url).then(() => background.jobs.migrate()),
    hasPendingMigrations: async () => (await hasPendingMigrations(orm)) || background.jobs.hasPendingMigrations(),
    readiness,
    isReady: async () => (await readiness()) === 'ok',
    isLive: () => !database.isExhausted(),
    close: () => background.stop().finally(() => database.close()),
  };
}

function handlersOf({ accessTokens, clock, logger, random }: Core, feed: RevocationFeedService): AuthHandlers {
  return createHandlers({
    publicKeys: () => accessTokens.publicKeys,
    revocations: (cursor) => feed.list(cursor),
    logger,
    newErrorId: () => uuidV7(clock.now(), random),
  });
}

function apolloOptionsOf(schema: GraphQLSchema, { clock, config, logger, random }: Core): ApolloOptions {
  return {
    schema,
    formatError: createErrorFormatter(logger, () => uuidV7(clock.now(), random)),
    validationRules: [operationLimits],
    validationOptions: { maxErrors: MAX_VALIDATION_ERRORS, hideSuggestions: true },
    parseOptions: { maxLexicalTokens: MAX_DOCUMENT_TOKENS },
    documentStore: new DocumentStore(),
    includeStacktraceInErrorResponses: false,
    nodeEnv: config.environment,
    introspection: config.introspection,
    plugins: apolloPlugins(),
  };
}
