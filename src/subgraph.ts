import 'reflect-metadata';
import type { KeySource } from '@auth-subgraph/verifier';
import type { PublicJwk } from '@auth-subgraph/verifier';
import type { GraphQLSchema } from 'graphql';
import { checkKeys, resolveConfig, type AuthConfig } from './config/config.js';
import type { AuthOptions } from './config/auth-options.js';
import { createBackground, type Background } from './core/composition/background.js';
import type { CoreServices } from './core/composition/core-services.js';
import { completePorts, createCore, useKeys, type Core } from './core/composition/core.js';
import {
  createFeatureServices,
  createResolvers,
  eventClassesOf,
  resolverClassesOf,
  tablesOf,
} from './core/composition/feature-parts.js';
import type { Feature } from './core/composition/feature.js';
import type { Ports } from './core/composition/ports.js';
import type { EventBus } from './core/events/event-bus.js';
import type { EventDeliveryService } from './core/events/event-delivery.service.js';
import { createApolloOptions, type ApolloOptions } from './core/graphql/apollo-options.js';
import { createContextBuilder, type ContextBuilder } from './core/graphql/context.js';
import { buildAuthSchema, type Class, type SchemaOptions, type SubgraphSchema } from './core/graphql/schema.js';
import { HousekeepingRepository } from './core/housekeeping/housekeeping.repository.js';
import { HousekeepingService } from './core/housekeeping/housekeeping.service.js';
import { createHandlers, type AuthHandlers } from './core/publications/handlers.js';
import { RevocationFeedService, type Revocations } from './core/sessions/revocation-feed.service.js';
import { RevocationRepository } from './core/sessions/revocation.repository.js';
import { FEATURES, type AuthServices } from './features.js';
import { DatabaseSetupError } from './platform/database/database-setup.error.js';
import { openDatabase, type Database } from './platform/database/database.js';
import { forkEntityManager, hasPendingMigrations, migrate } from './platform/database/orm.js';
import type { Tables } from './platform/database/tables.js';
import { createReadinessCheck, SCHEMA_NOT_READY, type Readiness } from './platform/database/readiness.js';
import { uuidV7 } from './platform/random.js';
import { createRouterCheck, type RouterCheck } from './platform/http/router-secret.js';

/** Plain options by their paths, and ports beside them. */
export type AuthSubgraphOptions = AuthOptions & Partial<Ports>;

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
  /** What the resolvers call, usable without GraphQL. */
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
  return composeSubgraph(options, FEATURES);
}

/** The same with other features. */
export async function composeSubgraph(
  options: AuthSubgraphOptions | (() => Promise<AuthSubgraphOptions>),
  features: readonly Feature[],
): Promise<AuthSubgraph> {
  const given = typeof options === 'function' ? await options() : options;
  const { clock, random, hasher, logger, mailer, claims, ...plain } = given;
  const config = resolveConfig(plain, features);
  const ports = completePorts({ clock, random, hasher, logger, mailer, claims }, config);
  const resolvers = new Map<Class, object>();
  const { schema, sdl } = buildAuthSchema(resolverClassesOf(features), resolvers, config);
  const database = await openDatabase({ ...config.database, tables: tablesOf(features) }, ports);
  const em = forkEntityManager(database.requests);
  const core = createCore(config, ports, { em, eventClasses: eventClassesOf(features) });
  const housekeeping = createHousekeeping(core, database);
  const background = createBackground(core, { database, features, housekeeping });
  const services = servicesOf(core, features, housekeeping);
  for (const [type, resolver] of createResolvers(features, services)) resolvers.set(type, resolver);
  const isFromRouter = createRouterCheck(config.router.secrets);
  const revocations = createRevocationFeed(core);
  return {
    config,
    schema,
    sdl,
    context: createContextBuilder(core, isFromRouter),
    isFromRouter,
    get apolloOptions() {
      return createApolloOptions(schema, core);
    },
    services,
    events: core.bus,
    get publicKeys() {
      return core.accessTokens.publicKeys;
    },
    useKeys: (keys) => useKeys(core, checkKeys(keys)),
    deliveries: background.delivery,
    revocations: (cursor) => revocations.list(cursor),
    handlers: handlersOf(core, revocations),
    ...upkeepOf(database, background, { url: config.database.url, tables: tablesOf(features) }),
  };
}

function servicesOf(core: Core, features: readonly Feature[], housekeeping: HousekeepingService): AuthServices {
  const ofCore: CoreServices = { passwords: core.newPasswords, accessTokens: core.accessTokens, housekeeping };
  return { ...ofCore, ...createFeatureServices(features, core) } as AuthServices;
}

type Upkeep = Pick<
  AuthSubgraph,
  'start' | 'migrate' | 'hasPendingMigrations' | 'readiness' | 'isReady' | 'isLive' | 'close'
>;

function upkeepOf(
  database: Database,
  background: Background,
  { url, tables }: { url: string; tables: Tables },
): Upkeep {
  const { requests: orm } = database;
  const readiness = createReadinessCheck(orm);
  return {
    async start() {
      if ((await readiness()) === SCHEMA_NOT_READY)
        throw new DatabaseSetupError('The database schema is missing or not up to date. Call `auth.migrate()` first.');
      await background.start();
    },
    migrate: () => migrate(url, tables).then(() => background.jobs.migrate()),
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

/** Made once, since what it has read is shared by all who ask. */
function createRevocationFeed({ clock, config, em }: Core): RevocationFeedService {
  return new RevocationFeedService({
    revocationRepository: new RevocationRepository(em),
    clock,
    tokenLifetimeSeconds: config.jwt.accessTokenExpirationSeconds,
  });
}

/** On a connection for the background: deleting takes its time. */
function createHousekeeping({ clock, config }: Core, { background }: Database): HousekeepingService {
  return new HousekeepingService(new HousekeepingRepository(forkEntityManager(background)), config, clock);
}

/** Builds the schema alone, for printing it without a database. */
export function buildSchema(
  options: SchemaOptions = { requiredScopes: {}, authDirectives: false },
  features: readonly Feature[] = FEATURES,
): SubgraphSchema {
  return buildAuthSchema(resolverClassesOf(features), new Map(), options);
}
