import 'reflect-metadata';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { KeySource } from '@auth-subgraph/verifier';
import type { PublicJwk } from '@auth-subgraph/verifier';
import type { GraphQLSchema } from 'graphql';
import { checkKeys, resolveConfig, type AuthConfig } from './config/config.js';
import type { AuthOptions } from './config/auth-options.js';
import { createBackground, createHousekeeping, prepareEmails } from './core/composition/background.js';
import type { CoreServices } from './core/composition/core-services.js';
import { completePorts, createCore, useKeys, type Core } from './core/composition/core.js';
import { createFeatureServices, createResolvers, eventClassesOf, tablesOf } from './core/composition/feature-parts.js';
import type { Feature } from './core/composition/feature.js';
import { createMeasurement, type Measurement } from './core/composition/measure.js';
import { PORT_NAMES, readPorts, type GivenPorts, type ServicePorts } from './core/composition/ports.js';
import { createPublications } from './core/composition/publications.js';
import { adminSchemaOf, buildSchemas, type AdminSchema } from './core/composition/schemas.js';
import { watchReadiness } from './core/composition/readiness.js';
import { upkeepOf } from './core/composition/upkeep.js';
import type { Upkeep } from './core/composition/upkeep.types.js';
import type { EventBus } from './core/events/event-bus.js';
import type { EventDeliveryService } from './core/events/event-delivery.service.js';
import { EventOrigins, readOrigin, type GivenOrigin } from './core/events/event-origin.js';
import { EventSignal } from './core/events/event-signal.js';
import { aroundMutation } from './core/graphql/around-mutation.js';
import { createApolloOptions, type ApolloOptions } from './core/graphql/apollo-options.js';
import { createContextBuilder, type ContextBuilder } from './core/graphql/context.js';
import type { Class, SchemaOptions, SubgraphSchema } from './core/graphql/schema.js';
import { createRateLimits } from './core/rate-limits/create-rate-limits.js';
import type { RateLimits } from './core/rate-limits/rate-limits.js';
import type { HousekeepingService } from './core/housekeeping/housekeeping.service.js';
import type { AuthHandlers } from './core/publications/handlers.js';
import type { Revocations } from './core/sessions/revocation-feed.service.js';
import { FEATURES, type AuthServices } from './features.js';
import { openDatabase, type Database } from './platform/database/database.js';
import { forkEntityManager } from './platform/database/orm.js';
import type { StatementPool } from './platform/database/statement.js';
import { nodeHeaders, type GivenHeaders } from './platform/http/node-headers.js';
import { createRouterCheck } from './platform/http/router-secret.js';

/** Options as nested values, and ports at the top level. */
export type AuthSubgraphOptions = AuthOptions & GivenPorts;

/** A subgraph with its database, to be mounted on an HTTP server. */
export interface AuthSubgraph extends Upkeep {
  /** The resolved options, frozen. */
  readonly config: AuthConfig;
  /** The executable Federation v2 subgraph schema. */
  readonly schema: GraphQLSchema;
  /** The SDL that a gateway composes. */
  readonly sdl: string;
  /** Builds the resolver context from the headers and client address of a request. Never throws. */
  readonly context: ContextBuilder;
  /**
   * Whether a request carries the gateway's secret, so that its X-Forwarded-For can be trusted. Always true if
   * `router.secret` is not set.
   */
  readonly isFromRouter: (headers: GivenHeaders) => boolean;
  /** Spread these into your own `new ApolloServer({ … })`. Without them, errors are not masked and operations not limited. */
  readonly apolloOptions: ApolloOptions;
  /** What a second server serves to operators; `undefined` unless `admin.schema` is `separate`. */
  readonly admin: AdminSchema | undefined;
  /** The services behind the resolvers, which also work without GraphQL. */
  readonly services: AuthServices;
  /**
   * Uses the services on behalf of someone, so that events and the audit trail name who acts and from where. Otherwise the
   * actor is `SYSTEM`. Mutations name the caller of the request themselves.
   * @example auth.actAs({ actor: { kind: 'OPERATOR', id } }, () => auth.services.roles.set(userId, ['editor']))
   */
  actAs<T>(origin: GivenOrigin, work: () => T): T;
  /** Registers event listeners: call `events.on(UserRegistered, …)` before `start()`. */
  readonly events: Pick<EventBus, 'on'>;
  /** Counts, lists, retries and deletes event deliveries that have failed, and tells how long others wait. */
  readonly deliveries: Pick<
    EventDeliveryService,
    'countParked' | 'countRetries' | 'discardParked' | 'listParked' | 'oldestDueSeconds' | 'replayParked'
  >;
  /** The public keys that verify its access tokens; empty if a shared secret signs. @see RFC 7517 §5 */
  readonly publicKeys: readonly PublicJwk[];
  /**
   * Replaces the keys: the first signs, the others only verify.
   * @throws ConfigError a key is invalid; lists all invalid keys, and the current keys stay in use
   */
  useKeys(keys: readonly KeySource[]): void;
  /**
   * Lists revocations that are so recent that access tokens may not have expired yet, for verifiers in other subgraphs.
   * @param cursor the cursor of an earlier result, to get only newer revocations
   */
  revocations(cursor?: number): Promise<Revocations>;
  /** Handlers that serve the public keys and the revocation feed from your own HTTP server. */
  readonly handlers: AuthHandlers;
}

/**
 * Creates the auth subgraph on a PostgreSQL database.
 * @param options options and ports, or a function that loads them
 * @throws EmailSetupError a template is invalid
 * @throws ConfigError options are unknown, invalid or contradictory; lists all problems
 */
export async function createAuthSubgraph(
  options: AuthSubgraphOptions | (() => Promise<AuthSubgraphOptions>),
): Promise<AuthSubgraph> {
  return composeSubgraph(options, FEATURES);
}

/** Like `createAuthSubgraph`, with other features. */
export async function composeSubgraph(
  options: AuthSubgraphOptions | (() => Promise<AuthSubgraphOptions>),
  features: readonly Feature[],
): Promise<AuthSubgraph> {
  const prepared = await prepare(options, features);
  try {
    return await compose(prepared, features);
  } catch (error) {
    prepared.measurement.end();
    throw error;
  }
}

async function compose({ config, measurement, ports }: Prepared, features: readonly Feature[]): Promise<AuthSubgraph> {
  const resolvers = new Map<Class, object>();
  const events = eventPartsOf(features);
  const { main, admin } = buildSchemas(features, resolvers, config, aroundMutation(events));
  const emailTemplates = prepareEmails(config, ports, features);
  const { database, rateLimits } = await openStores(config, ports, features);
  const shared = { rateLimits, ...measurement.parts, ...events };
  const core = createCore(config, ports, { ...connectionsOf(database), ...shared });
  const housekeeping = createHousekeeping(core, features, database);
  const background = createBackground(core, { database, emailTemplates, features, housekeeping });
  const services = servicesOf(core, features, housekeeping);
  for (const [type, resolver] of createResolvers(features, services)) resolvers.set(type, resolver);
  const watch = watchReadiness(core, database);
  measurement.begin([main.schema, ...(admin ? [admin.schema] : [])], { core, database, background, watch });
  return {
    config,
    schema: main.schema,
    sdl: main.sdl,
    ...contextOf(core),
    get apolloOptions() {
      return createApolloOptions(main, core);
    },
    admin: admin && adminSchemaOf(admin, core),
    services,
    actAs: (origin, work) => core.eventOrigins.run(readOrigin(origin), work),
    events: core.bus,
    get publicKeys() {
      return core.accessTokens.publicKeys;
    },
    useKeys: (keys) => useKeys(core, checkKeys(keys)),
    deliveries: background.delivery,
    ...publicationsOf(core),
    ...upkeepOf({ ...core, database, background, measurement, rateLimits, watch }, tablesOf(features)),
  };
}

interface Prepared {
  readonly config: AuthConfig;
  readonly ports: ServicePorts;
  readonly measurement: Measurement;
}

async function prepare(
  options: AuthSubgraphOptions | (() => Promise<AuthSubgraphOptions>),
  features: readonly Feature[],
): Promise<Prepared> {
  const given = typeof options === 'function' ? await options() : options;
  const givenPorts = readPorts(given);
  const config = resolveConfig(given, features, PORT_NAMES);
  const ports = completePorts(givenPorts, config);
  const measurement = await createMeasurement(givenPorts.metrics, features);
  return { config, ports: measurement.ports(ports), measurement };
}

function eventPartsOf(features: readonly Feature[]): Pick<Core, 'eventClasses' | 'eventOrigins' | 'eventSignal'> {
  const eventClasses = eventClassesOf(features);
  return { eventClasses, eventOrigins: new EventOrigins(), eventSignal: new EventSignal() };
}

async function openStores(
  config: AuthConfig,
  ports: ServicePorts,
  features: readonly Feature[],
): Promise<{ database: Database; rateLimits: RateLimits }> {
  const database = openDatabase({ ...config.database, tables: tablesOf(features) }, ports);
  return { database, rateLimits: await createRateLimits(config, database.counterPool, ports.logger) };
}

function connectionsOf({ requests, requestPool }: Database): { em: EntityManager; pool: StatementPool } {
  return { em: forkEntityManager(requests), pool: requestPool };
}

function servicesOf(core: Core, features: readonly Feature[], housekeeping: HousekeepingService): AuthServices {
  const ofCore: CoreServices = { passwords: core.newPasswords, accessTokens: core.accessTokens, housekeeping };
  return { ...ofCore, ...createFeatureServices(features, core) } as AuthServices;
}

function publicationsOf(core: Core): Pick<AuthSubgraph, 'handlers' | 'revocations'> {
  const { handlers, revocations } = createPublications(core);
  return { handlers, revocations: (cursor) => revocations.list(cursor) };
}

function contextOf(core: Core): Pick<AuthSubgraph, 'context' | 'isFromRouter'> {
  const check = createRouterCheck(core.config.router.secrets);
  return { context: createContextBuilder(core, check), isFromRouter: (headers) => check(nodeHeaders(headers)) };
}

/** Builds only the schema, to print it without a database. */
export function buildSchema(
  options: Partial<SchemaOptions & AuthConfig> = {},
  features: readonly Feature[] = FEATURES,
): SubgraphSchema {
  const defaults: SchemaOptions = { requiredScopes: {}, authDirectives: false, admin: { schema: 'off' } };
  const { main, admin } = buildSchemas(features, new Map(), { ...defaults, ...options });
  return admin ?? main;
}
