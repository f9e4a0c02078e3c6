import { isIP } from 'node:net';
import * as z from 'zod';
import { smtpUrl } from '../core/email/email.options.js';
import { requiredScopesText } from '../core/graphql/required-scopes.options.js';
import { ENVIRONMENT, environment } from '../platform/options/environment.options.js';
import { oneLine } from '../platform/options/option-types.js';
import { browserSections } from './browser-settings.js';
import { optionSections } from './options.js';

const port = 'must be a port number from 0 to 65535; 0 lets the system choose';
/** Labels that begin and end with a letter, digit or underscore. */
const HOST_NAME = /^\w(?:[\w-]*\w)?(?:\.\w(?:[\w-]*\w)?)*\.?$/;
const host = z.string().refine((text) => isIP(text) !== 0 || HOST_NAME.test(text), {
  error:
    'must be an address or a host name without brackets, scheme and port; write 127.0.0.1, or 0.0.0.0 in a container',
});
const hops = 'must be a whole number from 0 to 20';

const connections = 'must be a whole number from 10 to 1000000';

const drain = 'must be a whole number of seconds from 0 to 600';

/** The settings of the service in addition to the options of `createAuthSubgraph`. */
const processSections = {
  host: host
    .default('127.0.0.1')
    .describe('The address to listen on; in a container 0.0.0.0, or :: if the cluster uses IPv6.'),
  port: z.number(port).int(port).min(0, port).max(65535, port).default(4001).describe('The port to listen on.'),
  // The embedded PostgreSQL keeps the path in files with one entry per line.
  dataDir: oneLine(z.string().min(1))
    .default('.data')
    .describe('The folder for the embedded database and the generated development secret.'),
  logLevel: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent'], 'must be fatal, error, warn, info, debug or silent')
    .default('info')
    .describe('The minimum level of log lines that are written.'),
  trustedHops: z
    .number(hops)
    .int(hops)
    .min(0, hops)
    .max(20, hops)
    .default(0)
    .describe(
      'The number of proxies in front of the service: that many entries of X-Forwarded-For, from the right, are trusted. If ROUTER_SECRET is set, only on requests that carry it.',
    ),
  maxConnections: z
    .number(connections)
    .int(connections)
    .min(10, connections)
    .max(1_000_000, connections)
    .default(10_000)
    .describe('The maximum number of client connections. Further ones are closed at once.'),
  drainSeconds: z
    .number(drain)
    .int(drain)
    .min(0, drain)
    .max(600, drain)
    .optional()
    .describe(
      'How many seconds the service keeps serving after SIGTERM while `/health/ready` responds with 503, so that load balancers stop sending requests first. If unset, 5 in production and 0 elsewhere.',
    ),
  smtpUrl: smtpUrl
    .optional()
    .describe('The mail server. If unset in development, emails are written to DATA_DIR/mail and announced.'),
  metricsPort: z
    .number(port)
    .int(port)
    .min(0, port)
    .max(65535, port)
    .optional()
    .describe('The port that serves `/metrics` for Prometheus. If unset, nothing is measured.'),
  metricsHost: host.default('127.0.0.1').describe('The address that `/metrics` is served on.'),
  adminHost: host
    .default('127.0.0.1')
    .describe('The address that user management is served on, if `ADMIN_SCHEMA` is `separate`.'),
  adminPort: z
    .number(port)
    .int(port)
    .min(0, port)
    .max(65535, port)
    .default(4002)
    .describe('The port that user management is served on, if `ADMIN_SCHEMA` is `separate`.'),
  migrateOnStart: z
    .boolean('must be true or false')
    .default(true)
    .describe(
      'Whether the service, and every command that uses the database, first updates the database schema. If `false`, they fail if it is outdated; `migrate`, `migrate status` and `doctor` run in any case.',
    ),
} as const;

/** In development the service generates a secret and starts a database, so both may be missing here. */
const jwt = optionSections.jwt
  .extend({
    keys: z
      .string()
      .optional()
      .describe(
        'Private and public keys that are used instead of the secret: a JWK Set as JSON, or concatenated PEM texts. The first key signs.',
      ),
    keysFile: z
      .string()
      .optional()
      .describe(
        'The path of the key file: a JWK Set that `auth-subgraph keys` manages, or concatenated PEM texts. It is reloaded when it changes.',
      ),
  })
  .prefault({});
const database = optionSections.database.extend({ url: optionSections.database.shape.url.optional() }).prefault({});

export const serviceSections = {
  ...processSections,
  ...browserSections,
  ...optionSections,
  environment: environment.default('development').describe(ENVIRONMENT),
  jwt,
  requiredScopes: requiredScopesText
    .optional()
    .describe(
      'The scopes that a root field requires in addition to a signed-in user, such as Mutation.changeEmail=account:write profile;Query.me=profile.',
    ),
  database,
} as const;

export type ServiceSettings = z.output<z.ZodObject<typeof serviceSections>>;
