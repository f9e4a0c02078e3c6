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
   * Whether introspection is enabled; if unset, it is disabled only in production. Gateways do not need it.
   */
  introspection?: boolean | undefined;

  router?:
    | {
        /**
         * The secret that the gateway sends as `x-router-secret`, at least 32 bytes; two values separated by a comma during a rotation. Requests without it cannot use `_service` and `_entities`, and their X-Forwarded-For is ignored.
         */
        secret?: string | undefined;

        /**
         * Whether `router.secret` may be missing in production, because only the gateway can reach the service.
         * @default false
         */
        allowDirectAccess?: boolean | undefined;
      }
    | undefined;

  /**
   * The scopes that a root field requires in addition to a signed-in user, as lists by field.
   * @default {}
   */
  requiredScopes?: Record<string, readonly string[]> | undefined;

  /**
   * Whether the schema contains `@authenticated` and `@requiresScopes` for the gateway (Federation 2.5). The subgraph checks both in any case.
   * @default false
   */
  authDirectives?: boolean | undefined;

  admin?:
    | {
        /**
         * Where the operations of user management are: nowhere, in the schema of the subgraph with `@tag(name: "admin")` for contracts, or in a separate schema on `ADMIN_PORT`. In production, `included` requires `router.secret`.
         * @default "off"
         */
        schema?: 'off' | 'included' | 'separate' | undefined;
      }
    | undefined;

  jwt: {
    /**
     * The secret that signs access tokens (HS256) if `jwt.keys` is not set; at least 32 bytes. Every node must use the same secret.
     */
    secret?: string | undefined;

    /**
     * Private and public keys, as PEM text or JWK: RS256, ES256 or PS256. The first key signs and the others only verify; all public keys are published.
     */
    keys?: readonly KeySource[] | undefined;

    /**
     * The `iss` claim of access tokens: who issued them.
     * @default "auth-subgraph"
     */
    issuer?: string | undefined;

    /**
     * The `aud` claim of access tokens: who they are for.
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
     * How long a session stays open without a refresh (idle lifetime).
     * A number with a unit: `s`, `m`, `h`, `d` or `w`.
     * @default "7d"
     */
    refreshTokenExpiration?: string | undefined;
  };

  session?:
    | {
        /**
         * The maximum lifetime of a session, even if it is refreshed (absolute lifetime); at most 3650 days.
         * A number with a unit: `s`, `m`, `h`, `d` or `w`.
         * @default "90d"
         */
        maxLifetime?: string | undefined;

        /**
         * The maximum number of live sessions per user; a further sign-in ends the least recently used ones. 0 for no limit.
         * @default 100
         */
        maxPerUser?: number | undefined;
      }
    | undefined;

  /**
   * How long after its rotation a refresh token still returns the current pair of its session, for parallel tabs and retries; 0 disables this.
   * @default 30
   */
  refreshReuseGraceSeconds?: number | undefined;

  refreshCookie?:
    | {
        /**
         * Whether the refresh token is set as an HttpOnly cookie that scripts cannot read.
         * @default false
         */
        enabled?: boolean | undefined;

        /**
         * The SameSite attribute of the cookie; `none` if the pages and the API are on different sites.
         * @default "strict"
         */
        sameSite?: 'strict' | 'lax' | 'none' | undefined;

        /**
         * The origins of pages that may sign in and refresh with the cookie, separated by commas, such as `https://app.example.com`.
         */
        allowedOrigins?: string | undefined;
      }
    | undefined;

  password?:
    | {
        /**
         * The bcrypt cost, 4 to 15; at least 10 in production. A sign-in replaces a hash of a lower cost.
         * @default 10
         */
        saltRounds?: number | undefined;

        /**
         * The minimum number of characters in a new password.
         * @default 8
         */
        minLength?: number | undefined;

        /**
         * Whether a new password must contain an upper-case letter.
         * @default false
         */
        requireUppercase?: boolean | undefined;

        /**
         * Whether a new password must contain a lower-case letter.
         * @default false
         */
        requireLowercase?: boolean | undefined;

        /**
         * Whether a new password must contain a digit.
         * @default false
         */
        requireNumbers?: boolean | undefined;

        /**
         * Whether a new password must contain a character that is neither a letter, a digit nor white space.
         * @default false
         */
        requireSpecialChars?: boolean | undefined;

        /**
         * Whether a new password must not be common or leaked, a variant of such a password, a repeat, a sequence, a keyboard walk or the product name.
         * @default true
         */
        refuseCommon?: boolean | undefined;

        /**
         * A server in the format of Pwned Passwords that new passwords are checked against, such as `https://api.pwnedpasswords.com/range`. It receives only five hexadecimal digits of the SHA-1 hash. If it fails, passwords are accepted. If unset, there is no such check.
         */
        breachedPasswordsUrl?: string | undefined;

        /**
         * How long a link that resets a password is valid.
         * @default 3600
         */
        resetTokenTtlSeconds?: number | undefined;
      }
    | undefined;

  registration?:
    | {
        /**
         * Whether users must verify their address before they can sign in. If set, `register` returns the same result for an address that is taken.
         * @default false
         */
        requireEmailVerification?: boolean | undefined;

        /**
         * How long a link that verifies an address, or confirms a change of address, is valid.
         * @default 86400
         */
        verificationTokenTtlSeconds?: number | undefined;

        /**
         * Whether new users can register.
         * @default true
         */
        enabled?: boolean | undefined;

        /**
         * How long the link of an invitation is valid.
         * @default 604800
         */
        invitationTokenTtlSeconds?: number | undefined;
      }
    | undefined;

  lockout?:
    | {
        /**
         * Whether sign-in is locked for a while after too many wrong passwords.
         * @default true
         */
        enabled?: boolean | undefined;

        /**
         * The number of wrong passwords in a row that locks sign-in.
         * @default 5
         */
        maxAttempts?: number | undefined;

        /**
         * How many wrong passwords one client address may try within the lockout duration, across all accounts; 0 for no limit. Behind a gateway, set TRUSTED_HOPS first; otherwise all users share one address.
         * @default 0
         */
        maxAttemptsPerClient?: number | undefined;

        /**
         * Whether the device token is also set as an HttpOnly cookie, so that pages do not have to send it.
         * @default false
         */
        deviceCookies?: boolean | undefined;

        /**
         * How long sign-in stays locked, and how long a wrong password is counted. Each further one in a row restarts the time.
         * @default 900
         */
        durationSeconds?: number | undefined;
      }
    | undefined;

  audit?:
    | {
        /**
         * How many days the audit trail keeps events of users and of the service; 0 keeps them forever.
         * @default 365
         */
        retentionDays?: number | undefined;

        /**
         * How many days the audit trail keeps what operators and programs did; 0 keeps it forever.
         * @default 0
         */
        operatorRetentionDays?: number | undefined;
      }
    | undefined;

  emailLimit?:
    | {
        /**
         * The minimum time between two emails of the same kind to one recipient.
         * @default 60
         */
        intervalSeconds?: number | undefined;

        /**
         * How many emails of one kind a recipient may get, and an account may cause, per hour; 0 for no limit.
         * @default 5
         */
        maxPerHour?: number | undefined;

        /**
         * How many emails one client address may request per hour, by registering, resending a link or resetting a password; 0 for no limit. Behind a gateway, set TRUSTED_HOPS; otherwise all users share one address.
         * @default 500
         */
        maxPerOriginPerHour?: number | undefined;
      }
    | undefined;

  mail?:
    | {
        /**
         * The sender of every email, such as `Acme <no-reply@acme.example>`.
         * @default "Auth <no-reply@localhost>"
         */
        from?: string | undefined;

        /**
         * The product name in emails.
         * @default "our service"
         */
        productName?: string | undefined;

        /**
         * The locale of emails to users who have none, as a language tag such as `de-AT`.
         * @default "en"
         */
        locale?: string | undefined;

        /**
         * A folder of eta templates that replace the built-in ones.
         */
        templatesFolder?: string | undefined;

        /**
         * The page of your application where users choose a new password; links that reset a password append a token, to the query, or at the end if the address ends in `token=` as in `#token=`.
         * @default "http://localhost:3000/reset-password"
         */
        resetPasswordUrl?: string | undefined;

        /**
         * The sign-in page of your application.
         * @default "http://localhost:3000/login"
         */
        loginUrl?: string | undefined;

        /**
         * The page of your application that verifies an address; links in emails append a token, to the query, or at the end if the address ends in `token=` as in `#token=`.
         * @default "http://localhost:3000/verify-email"
         */
        verifyEmailUrl?: string | undefined;

        /**
         * The page of your application that confirms a change of address; links in emails append a token, to the query, or at the end if the address ends in `token=` as in `#token=`.
         * @default "http://localhost:3000/confirm-email-change"
         */
        confirmEmailChangeUrl?: string | undefined;

        /**
         * The page of your application where invited users choose a password; links in emails append a token, to the query, or at the end if the address ends in `token=` as in `#token=`.
         * @default "http://localhost:3000/accept-invitation"
         */
        acceptInvitationUrl?: string | undefined;
      }
    | undefined;

  rateLimits?:
    | {
        /**
         * Whether calls of each operation are limited. Disable it only for load tests.
         * @default true
         */
        enabled?: boolean | undefined;

        /**
         * The rate limits of `updateProfile`.
         * @default "account 60/10m"
         */
        updateProfile?: string | undefined;

        /**
         * The rate limits of `register`.
         * @default "origin 300/1m, pair 20/10m"
         */
        register?: string | undefined;

        /**
         * The rate limits of `verifyEmail`.
         * @default "origin 600/1m"
         */
        verifyEmail?: string | undefined;

        /**
         * The rate limits of `resendVerification`.
         * @default "origin 300/1m, pair 20/10m"
         */
        resendVerification?: string | undefined;

        /**
         * The rate limits of `login`. A known device is limited only by its origin.
         * @default "origin 600/1m, pair 120/5m, account 600/15m"
         */
        login?: string | undefined;

        /**
         * The rate limits of `forgotPassword`.
         * @default "origin 300/1m, pair 20/10m"
         */
        forgotPassword?: string | undefined;

        /**
         * The rate limits of `resetPassword`.
         * @default "origin 300/1m"
         */
        resetPassword?: string | undefined;

        /**
         * The rate limits of `changePassword`.
         * @default "account 30/15m"
         */
        changePassword?: string | undefined;

        /**
         * The rate limits of `refresh`, where `account` is the session. Each process may exceed a limit by a twentieth.
         * @default "origin 60000/1m"
         */
        refresh?: string | undefined;

        /**
         * The rate limits of `changeEmail`.
         * @default "account 30/15m"
         */
        changeEmail?: string | undefined;

        /**
         * The rate limits of `confirmEmailChange`.
         * @default "account 30/15m"
         */
        confirmEmailChange?: string | undefined;

        /**
         * The rate limits of `acceptInvitation`.
         * @default "origin 300/1m"
         */
        acceptInvitation?: string | undefined;

        /**
         * The rate limits of `issueServiceToken`.
         * @default "origin 300/1m"
         */
        issueServiceToken?: string | undefined;
      }
    | undefined;

  /**
   * The Redis server that stores the counts of the rate limits. If unset, PostgreSQL stores them.
   */
  redisUrl?: string | undefined;

  database: {
    /**
     * The PostgreSQL server and database, such as `postgresql://user:password@host:5432/auth`. docs/guides/databases.md lists other forms.
     */
    url: string;

    /**
     * The maximum number of connections that one process opens for requests. Background work opens up to three more, and counting calls for rate limits up to two.
     * @default 10
     */
    poolSize?: number | undefined;

    /**
     * Whether the server keeps the plans of statements. Set it to false behind PgBouncer before 1.21 in transaction mode.
     * @default true
     */
    preparedStatements?: boolean | undefined;
  };

  readiness?:
    | {
        /**
         * Whether `/health/ready` also fails under high load, before requests are refused. Set it to false if there is only one process.
         * @default true
         */
        watchLoad?: boolean | undefined;
      }
    | undefined;

  profile?:
    | {
        /**
         * The hosts that may serve the pictures of users, separated by commas; unset for any host.
         */
        avatarHosts?: string | undefined;
      }
    | undefined;

  accountClosing?:
    | {
        /**
         * Whether accounts can be closed and erased. Accounts that are closed already are erased either way.
         * @default true
         */
        enabled?: boolean | undefined;

        /**
         * How long a closed account can be restored before it is erased; from 1h to 30d.
         * A number with a unit: `s`, `m`, `h`, `d` or `w`.
         * @default "7d"
         */
        grace?: string | undefined;
      }
    | undefined;

  serviceAccounts?:
    | {
        /**
         * Whether service accounts can get access tokens: `issueServiceToken` is in the schema, and so are the fields of user management for service accounts. Tokens that are already issued stay valid until they expire.
         * @default false
         */
        enabled?: boolean | undefined;
      }
    | undefined;
}
