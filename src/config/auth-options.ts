// Generated from the option schemas by `npm run generate`.
import type { KeySource } from '@auth-subgraph/verifier';

/** The options of `createAuthSubgraph`, apart from the ports. */
export interface AuthOptions {
  /**
   * Which rules apply. Production rejects settings that are only suitable for development.
   * @default "production"
   */
  environment?: 'production' | 'development' | 'test' | undefined;

  /**
   * Whether clients may read the schema by introspection; if unset, everywhere except in production. Gateways do not need it.
   */
  introspection?: boolean | undefined;

  router?:
    | {
        /**
         * What the router sends as `x-router-secret`, at least 32 bytes; two separated by a comma while it is changed. Requests without it get no `_service` and no `_entities`, and their X-Forwarded-For is not believed.
         */
        secret?: string | undefined;

        /**
         * Whether production may do without `router.secret`, because the network keeps everybody else out.
         * @default false
         */
        allowDirectAccess?: boolean | undefined;
      }
    | undefined;

  /**
   * The scopes that a root field asks for beside a signed-in user, as lists by field.
   * @default {}
   */
  requiredScopes?: Record<string, readonly string[]> | undefined;

  /**
   * Whether the schema tells a gateway which root fields need a signed-in user and which scopes (federation 2.5). The subgraph checks either way.
   * @default false
   */
  authDirectives?: boolean | undefined;

  jwt: {
    /**
     * The secret that signs access tokens (HS256) where there are no keys, at least 32 bytes. Every node needs the same one.
     */
    secret?: string | undefined;

    /**
     * Private and public keys, as PEM text or JWK: RS256, ES256 or PS256. The first signs, the others verify; all are published.
     */
    keys?: KeySource[] | undefined;

    /**
     * The `iss` claim: who issued the token.
     * @default "auth-subgraph"
     */
    issuer?: string | undefined;

    /**
     * The `aud` claim: who the token is for.
     * @default "supergraph"
     */
    audience?: string | undefined;

    /**
     * How long an access token is valid; at most 24 hours.
     * A number with a unit: `s`, `m`, `h`, `d` or `w`.
     * @default "15m"
     */
    accessTokenExpiration?: string | undefined;

    /**
     * How long a session lives without a refresh (its idle lifetime).
     * A number with a unit: `s`, `m`, `h`, `d` or `w`.
     * @default "7d"
     */
    refreshTokenExpiration?: string | undefined;
  };

  session?:
    | {
        /**
         * How long a session lives at the most, however often it is refreshed (its absolute lifetime).
         * A number with a unit: `s`, `m`, `h`, `d` or `w`.
         * @default "90d"
         */
        maxLifetime?: string | undefined;

        /**
         * How many live sessions a user may have; a sign-in beyond that ends the least recently used ones. 0 for no limit.
         * @default 100
         */
        maxPerUser?: number | undefined;
      }
    | undefined;

  /**
   * How long after its rotation a refresh token still gets the current pair of its session, so that tabs and retries agree; 0 turns this off.
   * @default 30
   */
  refreshReuseGraceSeconds?: number | undefined;

  refreshCookie?:
    | {
        /**
         * Whether browsers keep the refresh token in an HttpOnly cookie, out of reach of scripts.
         * @default false
         */
        enabled?: boolean | undefined;

        /**
         * The SameSite attribute of that cookie; `none` for pages on another site than the API.
         * @default "strict"
         */
        sameSite?: 'strict' | 'lax' | 'none' | undefined;

        /**
         * The pages that may sign in and refresh with the cookie: exact origins with commas between them, such as `https://app.example.com`.
         */
        allowedOrigins?: string | undefined;
      }
    | undefined;

  password?:
    | {
        /**
         * The bcrypt cost, 4 to 15. Production refuses less than 10.
         * @default 10
         */
        saltRounds?: number | undefined;

        /**
         * The fewest characters of a new password.
         * @default 8
         */
        minLength?: number | undefined;

        /**
         * A new password needs an upper-case letter.
         * @default false
         */
        requireUppercase?: boolean | undefined;

        /**
         * A new password needs a lower-case letter.
         * @default false
         */
        requireLowercase?: boolean | undefined;

        /**
         * A new password needs a digit.
         * @default false
         */
        requireNumbers?: boolean | undefined;

        /**
         * A new password needs a character that is neither a letter nor a digit.
         * @default false
         */
        requireSpecialChars?: boolean | undefined;

        /**
         * A new password must not be common or leaked, a variant of such a password, a repeat, a sequence, a keyboard walk or the product name.
         * @default true
         */
        refuseCommon?: boolean | undefined;

        /**
         * How long a link that resets a password is good.
         * @default 3600
         */
        resetTokenTtlSeconds?: number | undefined;
      }
    | undefined;

  registration?:
    | {
        /**
         * No session is opened before the address has been verified, and `register` answers the same for an address that is taken.
         * @default false
         */
        requireEmailVerification?: boolean | undefined;

        /**
         * How long a link that verifies an address is good.
         * @default 86400
         */
        verificationTokenTtlSeconds?: number | undefined;

        /**
         * Whether anyone may register.
         * @default true
         */
        enabled?: boolean | undefined;
      }
    | undefined;

  lockout?:
    | {
        /**
         * Whether wrong passwords lock sign-in for a while.
         * @default true
         */
        enabled?: boolean | undefined;

        /**
         * How many wrong passwords in a row lock sign-in.
         * @default 5
         */
        maxAttempts?: number | undefined;

        /**
         * How many wrong passwords one client address may try in that time, across all accounts; 0 for no limit. Behind a gateway, set TRUSTED_HOPS first, or all its users share one address.
         * @default 0
         */
        maxAttemptsPerClient?: number | undefined;

        /**
         * Whether browsers keep the device token in an HttpOnly cookie too, so that a page need not send it along.
         * @default false
         */
        deviceCookies?: boolean | undefined;

        /**
         * How long sign-in stays locked, and attempts are remembered.
         * @default 900
         */
        durationSeconds?: number | undefined;
      }
    | undefined;

  emailLimit?:
    | {
        /**
         * The minimum time between two emails of the same kind to one recipient, whoever requests them.
         * @default 60
         */
        intervalSeconds?: number | undefined;

        /**
         * How many emails of one kind a recipient may get, and an account may cause, per hour; 0 for no limit.
         * @default 5
         */
        maxPerHour?: number | undefined;

        /**
         * How many emails one client address may request per hour, by registering, resending or resetting; 0 for no limit. Behind a gateway, set TRUSTED_HOPS, or all its users share one address.
         * @default 500
         */
        maxPerOriginPerHour?: number | undefined;
      }
    | undefined;

  mail?:
    | {
        /**
         * The sender of every mail, such as `Acme <no-reply@acme.example>`.
         * @default "Auth <no-reply@localhost>"
         */
        from?: string | undefined;

        /**
         * What mails call the product.
         * @default "your account"
         */
        productName?: string | undefined;

        /**
         * A folder of eta templates that take the place of the built-in ones.
         */
        templatesFolder?: string | undefined;

        /**
         * The page of your application that asks for a new password; a token is appended where one is needed.
         * @default "http://localhost:3000/reset-password"
         */
        resetPasswordUrl?: string | undefined;

        /**
         * The page of your application that signs in; a token is appended where one is needed.
         * @default "http://localhost:3000/login"
         */
        loginUrl?: string | undefined;

        /**
         * The page of your application that verifies an address; a token is appended where one is needed.
         * @default "http://localhost:3000/verify-email"
         */
        verifyEmailUrl?: string | undefined;

        /**
         * The page of your application that confirms a change of address; a token is appended where one is needed.
         * @default "http://localhost:3000/confirm-email-change"
         */
        confirmEmailChangeUrl?: string | undefined;
      }
    | undefined;

  database: {
    /**
     * The PostgreSQL server and database, such as `postgresql://user:password@host:5432/auth`. docs/databases.md lists other forms.
     */
    url: string;

    /**
     * The maximum number of connections that one process opens for requests. Background work opens up to three more.
     * @default 10
     */
    poolSize?: number | undefined;

    /**
     * Whether the server keeps the plans of statements. Set it to false behind PgBouncer before 1.21 in transaction mode.
     * @default true
     */
    preparedStatements?: boolean | undefined;
  };
}
