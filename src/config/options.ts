import { z } from 'zod';
import { origins, routerSecrets } from './comma-list.js';
import { problemOfDatabaseUrl } from './database-url.js';
import { jwtOptions } from './jwt-options.js';
import { duration, text } from './option-types.js';
import { requiredScopes } from './scope-options.js';

function integer(minimum: number, maximum: number): z.ZodNumber {
  const error = `must be a whole number from ${String(minimum)} to ${String(maximum)}; write it without quotes or units`;
  return z.number(error).int(error).min(minimum, error).max(maximum, error);
}

const flag = z.boolean('must be true or false; write it without quotes');

function page(path: string, purpose: string): z.ZodDefault<z.ZodURL> {
  return z
    .url({
      protocol: /^https?$/,
      error: 'must be an absolute http(s) address; write for example "https://app.example.com/page"',
    })
    .default(`http://localhost:3000/${path}`)
    .describe(`The page of your application that ${purpose}; a token is appended where one is needed.`);
}

const databaseUrl = z
  .string('must be a text; write postgresql://user:password@host:5432/database')
  .superRefine((value, context) => {
    const problem = problemOfDatabaseUrl(value);
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
  });

export const ENVIRONMENT = 'Which rules apply. Production refuses settings that are fit for development only.';
export const environment = z.enum(
  ['production', 'development', 'test'],
  'must be "production", "development" or "test"',
);

/** The options of `createAuthSubgraph` that are plain values, by section. Defaults and units stand here and nowhere else. */
export const optionSections = {
  environment: environment.default('production').describe(ENVIRONMENT),
  introspection: flag
    .optional()
    .describe(
      'Whether clients may read the schema by introspection; if unset, everywhere except in production. Gateways do not need it.',
    ),
  jwt: jwtOptions,
  router: z
    .strictObject({
      secret: routerSecrets
        .optional()
        .describe(
          'What the router sends as `x-router-secret`, at least 32 bytes; two separated by a comma while it is changed. Requests without it get no `_service` and no `_entities`, and their X-Forwarded-For is not believed.',
        ),
      allowDirectAccess: flag
        .default(false)
        .describe('Whether production may do without `router.secret`, because the network keeps everybody else out.'),
    })
    .prefault({}),
  session: z
    .strictObject({
      maxLifetime: duration
        .default('90d')
        .describe('How long a session lives at the most, however often it is refreshed (its absolute lifetime).'),
      maxPerUser: integer(0, 10_000)
        .default(100)
        .describe(
          'How many live sessions a user may have; a sign-in beyond that ends the least recently used ones. 0 for no limit.',
        ),
    })
    .prefault({}),
  refreshReuseGraceSeconds: integer(0, 300)
    .default(30)
    .describe(
      'How long after its rotation a refresh token still gets the current pair of its session, so that tabs and retries agree; 0 turns this off.',
    ),
  refreshCookie: z
    .strictObject({
      enabled: flag
        .default(false)
        .describe('Whether browsers keep the refresh token in an HttpOnly cookie, out of reach of scripts.'),
      sameSite: z
        .enum(['strict', 'lax', 'none'], 'must be "strict", "lax" or "none"; write one of them')
        .default('strict')
        .describe('The SameSite attribute of that cookie; `none` for pages on another site than the API.'),
      allowedOrigins: origins
        .optional()
        .describe(
          'The pages that may sign in and refresh with the cookie: exact origins with commas between them, such as `https://app.example.com`.',
        ),
    })
    .prefault({}),
  password: z
    .strictObject({
      saltRounds: integer(4, 15).default(10).describe('The bcrypt cost, 4 to 15. Production refuses less than 10.'),
      minLength: integer(8, 64).default(8).describe('The fewest characters of a new password.'),
      requireUppercase: flag.default(false).describe('A new password needs an upper-case letter.'),
      requireLowercase: flag.default(false).describe('A new password needs a lower-case letter.'),
      requireNumbers: flag.default(false).describe('A new password needs a digit.'),
      requireSpecialChars: flag
        .default(false)
        .describe('A new password needs a character that is neither a letter nor a digit.'),
      refuseCommon: flag
        .default(true)
        .describe(
          'A new password must not be common or leaked, a variant of such a password, a repeat, a sequence, a keyboard walk or the product name.',
        ),
      resetTokenTtlSeconds: integer(60, 86_400)
        .default(3600)
        .describe('How long a link that resets a password is good.'),
    })
    .prefault({}),
  registration: z
    .strictObject({
      enabled: flag.default(true).describe('Whether anyone may register.'),
      requireEmailVerification: flag
        .default(false)
        .describe(
          'No session is opened before the address has been verified, and `register` answers the same for an address that is taken.',
        ),
      verificationTokenTtlSeconds: integer(60, 604_800)
        .default(86_400)
        .describe('How long a link that verifies an address is good.'),
    })
    .prefault({}),
  lockout: z
    .strictObject({
      enabled: flag.default(true).describe('Whether wrong passwords lock sign-in for a while.'),
      maxAttempts: integer(1, 1000).default(5).describe('How many wrong passwords in a row lock sign-in.'),
      maxAttemptsPerClient: integer(0, 1_000_000)
        .default(0)
        .describe(
          'How many wrong passwords one client address may try in that time, across all accounts; 0 for no limit. Behind a gateway, set TRUSTED_HOPS first, or all its users share one address.',
        ),
      deviceCookies: flag
        .default(false)
        .describe(
          'Whether browsers keep the device token in an HttpOnly cookie too, so that a page need not send it along.',
        ),
      durationSeconds: integer(1, 86_400)
        .default(900)
        .describe('How long sign-in stays locked, and attempts are remembered.'),
    })
    .prefault({}),
  requiredScopes: requiredScopes
    .default({})
    .describe('The scopes that a root field asks for beside a signed-in user, as lists by field.'),
  authDirectives: flag
    .default(false)
    .describe(
      'Whether the schema tells a gateway which root fields need a signed-in user and which scopes (federation 2.5). The subgraph checks either way.',
    ),
  emailLimit: z
    .strictObject({
      intervalSeconds: integer(0, 3600)
        .default(60)
        .describe('The minimum time between two emails of the same kind to one recipient, whoever requests them.'),
      maxPerHour: integer(0, 10_000)
        .default(5)
        .describe(
          'How many emails of one kind a recipient may get, and an account may cause, per hour; 0 for no limit.',
        ),
      maxPerOriginPerHour: integer(0, 1_000_000)
        .default(500)
        .describe(
          'How many emails one client address may request per hour, by registering, resending or resetting; 0 for no limit. Behind a gateway, set TRUSTED_HOPS, or all its users share one address.',
        ),
    })
    .prefault({}),
  mail: z
    .strictObject({
      from: text(300)
        .default('Auth <no-reply@localhost>')
        .describe('The sender of every mail, such as `Acme <no-reply@acme.example>`.'),
      productName: text(100).default('your account').describe('What mails call the product.'),
      templatesFolder: text(1000)
        .optional()
        .describe('A folder of eta templates that take the place of the built-in ones.'),
      verifyEmailUrl: page('verify-email', 'verifies an address'),
      resetPasswordUrl: page('reset-password', 'asks for a new password'),
      confirmEmailChangeUrl: page('confirm-email-change', 'confirms a change of address'),
      loginUrl: page('login', 'signs in'),
    })
    .prefault({}),
  database: z.strictObject({
    url: databaseUrl.describe(
      'The PostgreSQL server and database, such as `postgresql://user:password@host:5432/auth`. docs/guides/databases.md lists other forms.',
    ),
    poolSize: integer(1, 200)
      .default(10)
      .describe(
        'The maximum number of connections that one process opens for requests. Background work opens up to three more.',
      ),
    preparedStatements: flag
      .default(true)
      .describe(
        'Whether the server keeps the plans of statements. Set it to false behind a PgBouncer before 1.21 in transaction mode.',
      ),
  }),
} as const;

type OptionsSchema = z.ZodObject<typeof optionSections>;

/** What a user of `createAuthSubgraph` may set, apart from the ports. */
export type AuthOptions = z.input<OptionsSchema>;
export type ParsedOptions = z.output<OptionsSchema>;
