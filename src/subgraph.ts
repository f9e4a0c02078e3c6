import 'reflect-metadata';
import type { EntityManager, MikroORM } from '@mikro-orm/postgresql';
import type { GraphQLSchema, ParseOptions, ValidationRule } from 'graphql';
import { resolveConfig, type AuthConfig } from './config/config.js';
import type { AuthOptions } from './config/options.js';
import { LoginResolver } from './flows/login.resolver.js';
import { LoginService } from './flows/login.service.js';
import { RegistrationResolver } from './flows/registration.resolver.js';
import { RegistrationService } from './flows/registration.service.js';
import { createContextBuilder, type Class, type ContextBuilder, type RequestScope } from './graphql/context.js';
import { createErrorFormatter, type ErrorFormatter } from './graphql/error-formatter.js';
import { operationLimits } from './graphql/operation-limits.js';
import { buildAuthSchema, type SubgraphSchema } from './graphql/schema.js';
import { systemClock, type Clock } from './kernel/clock.js';
import { silentLogger, type Logger } from './kernel/logger.js';
import { systemRandom, uuidV7, type Random } from './kernel/random.js';
import { BcryptHasher, type PasswordHasher } from './passwords/password-hasher.js';
import { connect, forkEntityManager, hasPendingMigrations, isReachable, migrate } from './persistence/orm.js';
import { UnitOfWork } from './persistence/unit-of-work.js';
import { SessionRepository } from './sessions/session.repository.js';
import { SessionResolver } from './sessions/session.resolver.js';
import { SessionService } from './sessions/session.service.js';
import { TokenPairIssuer } from './sessions/token-pair.js';
import { createAccessTokens, type AccessTokens } from './tokens/access-token.js';
import { hmacSigningKeys } from './tokens/signing-keys.js';
import { UserRepository } from './users/user.repository.js';
import { UserResolver } from './users/user.resolver.js';
import { UserService } from './users/user.service.js';

/** A document of more tokens than this is not parsed. */
const MAX_DOCUMENT_TOKENS = 5_000;

/** The values that tests and hosts may put in the place of ours. */
export interface Ports {
  readonly clock: Clock;
  readonly random: Random;
  readonly hasher: PasswordHasher;
  readonly logger: Logger;
}

export type AuthSubgraphOptions = AuthOptions & Partial<Ports>;

/** What the resolvers call, usable without GraphQL. */
export interface AuthServices {
  readonly users: UserService;
  readonly sessions: SessionService;
  readonly registration: RegistrationService;
  readonly login: LoginService;
}

export interface AuthSubgraph {
  /** The resolved options, frozen. */
  readonly config: AuthConfig;
  /** The executable Federation v2 subgraph schema. */
  readonly schema: GraphQLSchema;
  /** The schema as a gateway composes it. */
  readonly sdl: string;
  /** Builds a resolver context of a request's headers and client address. Never throws. */
  readonly context: ContextBuilder;
  /** Spread these into your own `new ApolloServer({ … })`: without them errors are not masked nor operations limited. */
  readonly apolloOptions: {
    readonly schema: GraphQLSchema;
    readonly formatError: ErrorFormatter;
    readonly validationRules: ValidationRule[];
    readonly parseOptions: ParseOptions;
    readonly includeStacktraceInErrorResponses: false;
  };
  /** The services on an EntityManager of their own. */
  readonly services: AuthServices;
  /** Brings the database schema up to date; safe on several processes at once. */
  migrate(): Promise<void>;
  hasPendingMigrations(): Promise<boolean>;
  /** Whether the database answers. */
  isReady(): Promise<boolean>;
  /** Closes the database connections. */
  close(): Promise<void>;
}

interface Core extends Ports {
  readonly config: AuthConfig;
  readonly accessTokens: AccessTokens;
  readonly tokenPairs: TokenPairIssuer;
}

/**
 * Builds the auth subgraph: the schema, the context builder and the services, on a PostgreSQL database.
 * @param options plain values and ports, or a function that fetches them
 * @throws ConfigError options are unknown, wrong or contradictory; names all of them at once
 */
export async function createAuthSubgraph(
  options: AuthSubgraphOptions | (() => Promise<AuthSubgraphOptions>),
): Promise<AuthSubgraph> {
  const { clock, random, hasher, logger, ...plain } = typeof options === 'function' ? await options() : options;
  const core = createCore(resolveConfig(plain), { clock, random, hasher, logger });
  const orm = await connect(core.config.database);
  const { schema, sdl } = buildSchema();
  const createScope = (): RequestScope => createResolverScope(createServices(forkEntityManager(orm), core));
  return {
    config: core.config,
    schema,
    sdl,
    context: createContextBuilder(core.accessTokens, core.clock, createScope),
    apolloOptions: {
      schema,
      formatError: createErrorFormatter(core.logger, () => uuidV7(core.clock.now(), core.random)),
      validationRules: [operationLimits],
      parseOptions: { maxLexicalTokens: MAX_DOCUMENT_TOKENS },
      includeStacktraceInErrorResponses: false,
    },
    get services() {
      return createServices(forkEntityManager(orm), core);
    },
    ...databaseOf(orm, core.config),
  };
}

/** Builds the schema alone, for printing it without a database. */
export function buildSchema(): SubgraphSchema {
  return buildAuthSchema([UserResolver, SessionResolver, RegistrationResolver, LoginResolver], {
    User: (reference, context) => context.scope.get(UserResolver).resolveReference(reference, context),
  });
}

function createCore(config: AuthConfig, given: { [Name in keyof Ports]: Ports[Name] | undefined }): Core {
  const random = given.random ?? systemRandom;
  const { secret, issuer, audience, accessTokenExpirationSeconds: lifetimeSeconds } = config.jwt;
  const accessTokens = createAccessTokens({ issuer, audience, lifetimeSeconds }, hmacSigningKeys(secret));
  return {
    config,
    random,
    clock: given.clock ?? systemClock,
    hasher: given.hasher ?? new BcryptHasher(config.password.saltRounds, random),
    logger: given.logger ?? silentLogger,
    accessTokens,
    tokenPairs: new TokenPairIssuer(accessTokens),
  };
}

function createServices(em: EntityManager, core: Core): AuthServices {
  const { clock, hasher } = core;
  const users = new UserRepository(em);
  const sessions = new SessionService({ ...core, sessions: new SessionRepository(em) });
  return {
    users: new UserService(users, clock),
    sessions,
    registration: new RegistrationService({ ...core, users, sessions, unitOfWork: new UnitOfWork(em) }),
    login: new LoginService(users, sessions, hasher),
  };
}

/** Makes each resolver once a request, when a field of it is first asked for. */
function createResolverScope(services: AuthServices): RequestScope {
  const factories = new Map<Class, () => object>([
    [UserResolver, () => new UserResolver(services.users)],
    [SessionResolver, () => new SessionResolver(services.sessions)],
    [RegistrationResolver, () => new RegistrationResolver(services.registration)],
    [LoginResolver, () => new LoginResolver(services.login)],
  ]);
  const made = new Map<Class, object>();
  return {
    get<T extends object>(wanted: Class<T>): T {
      const instance = made.get(wanted) ?? factories.get(wanted)?.();
      if (!instance) throw new Error(`nothing makes a ${wanted.name}`);
      made.set(wanted, instance);
      return instance as T;
    },
  };
}

function databaseOf(
  orm: MikroORM,
  { database }: AuthConfig,
): Pick<AuthSubgraph, 'migrate' | 'hasPendingMigrations' | 'isReady' | 'close'> {
  return {
    migrate: () => migrate(database.url),
    hasPendingMigrations: () => hasPendingMigrations(orm),
    isReady: () => isReachable(orm),
    close: () => orm.close(),
  };
}
