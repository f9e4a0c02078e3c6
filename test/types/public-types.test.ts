import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import ts from 'typescript';
import type { AuthOptions } from '../../src/config/auth-options.js';
import type { OptionsInput } from '../../src/config/options.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** A language service, as an editor uses one, for a file that a user of the package could have written. */
function languageServiceOf(source: string): { file: string; service: ts.LanguageService } {
  const file = `${ROOT}test/types/usage.virtual.ts`;
  const { config } = ts.readConfigFile(`${ROOT}tsconfig.json`, (path) => ts.sys.readFile(path)) as { config: object };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
  options.paths = { ...options.paths, 'auth-subgraph': [`${ROOT}src/index.ts`] };
  const read = (path: string): string | undefined => (path === file ? source : ts.sys.readFile(path));
  const service = ts.createLanguageService({
    getCompilationSettings: () => options,
    getScriptFileNames: () => [file],
    getScriptVersion: () => '1',
    getScriptSnapshot: (path) => {
      const text = read(path);
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    },
    getCurrentDirectory: () => ROOT,
    getDefaultLibFileName: (given) => ts.getDefaultLibFilePath(given),
    fileExists: (path) => path === file || ts.sys.fileExists(path),
    readFile: read,
    readDirectory: (path) => ts.sys.readDirectory(path),
    directoryExists: (path) => ts.sys.directoryExists(path),
    getDirectories: (path) => ts.sys.getDirectories(path),
  });
  return { file, service };
}

/** What the compiler says of a file that a user of the package could have written. */
function problemsOf(source: string): string[] {
  const file = `${ROOT}test/types/usage.virtual.ts`;
  const { config } = ts.readConfigFile(`${ROOT}tsconfig.json`, (path) => ts.sys.readFile(path)) as { config: object };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
  options.noPropertyAccessFromIndexSignature = false;
  options.paths = { ...options.paths, 'auth-subgraph': [`${ROOT}src/index.ts`] };
  const host = ts.createCompilerHost(options);
  const fileExists = host.fileExists.bind(host);
  const getSourceFile = host.getSourceFile.bind(host);
  host.fileExists = (path) => path === file || fileExists(path);
  host.getSourceFile = (path, ...rest) =>
    path === file ? ts.createSourceFile(path, source, ts.ScriptTarget.ESNext) : getSourceFile(path, ...rest);
  const program = ts.createProgram([file], options, host);
  const diagnostics = program.getSemanticDiagnostics(program.getSourceFile(file));
  return diagnostics.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}

test('a claims hook that is asynchronous, not JSON-serializable, or has a text scope does not compile', () => {
  const problems = problemsOf(`
    import { createAuthSubgraph, type ClaimsHook, type CustomClaims, type Viewer } from 'auth-subgraph';
    const options = { jwt: { secret: '' }, database: { url: '' } };
    const claims: CustomClaims = { scope: ['read'] as const, tenant: { id: 7, tags: ['a', null] }, absent: undefined };
    await createAuthSubgraph({ ...options, claims: (user, session) => ({ ...claims, roles: user.roles, at: session.id }) });
    await createAuthSubgraph({ ...options, claims: async () => ({}) });
    const date: ClaimsHook = () => ({ since: new Date(0) });
    const text: ClaimsHook = () => ({ scope: 'read write' });
    const changing: ClaimsHook = (user) => { user.roles.push('admin'); return {}; };
    const scopes = (viewer: Viewer): readonly string[] => (viewer.kind === 'authenticated' ? viewer.scopes : []);
    console.log(date, text, changing, scopes);
    await createAuthSubgraph({ ...options, requiredScopes: { 'Query.me': ['profile'] }, authDirectives: true });
    await createAuthSubgraph({ ...options, requiredScopes: { 'Query.me': 'profile' } });
  `);
  expect(problems).toEqual([
    expect.stringContaining("'Promise<{}>' is not assignable to type 'CustomClaims'"),
    expect.stringContaining("Type 'Date' is not assignable to type 'Json"),
    expect.stringContaining("Type 'string' is not assignable to type 'readonly string[]'"),
    expect.stringContaining("Property 'push' does not exist"),
    expect.stringContaining("Type 'string' is not assignable to type 'readonly string[]'"),
  ]);
});

test('apolloOptions fit an Apollo Server, with or without plugins of your own', () => {
  const problems = problemsOf(`
    import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
    import { createAuthSubgraph, type GraphQLContext } from 'auth-subgraph';
    const auth = await createAuthSubgraph({ jwt: { secret: '' }, database: { url: '' } });
    interface Mine extends GraphQLContext { readonly tenant: string }
    const mine: ApolloServerPlugin<Mine> = {};
    export const servers = [
      new ApolloServer(auth.apolloOptions),
      new ApolloServer<GraphQLContext>(auth.apolloOptions),
      new ApolloServer<Mine>({ ...auth.apolloOptions, plugins: [...auth.apolloOptions.plugins, mine] }),
    ];
  `);
  expect(problems).toEqual([]);
});

test('an unknown option, a numeric duration and a user with a password hash do not compile', () => {
  const problems = problemsOf(`
    import { createAuthSubgraph } from 'auth-subgraph';
    const auth = await createAuthSubgraph({
      jwt: { secret: '', accessTokenExpiration: 900 },
      database: { url: '' },
    });
    await createAuthSubgraph({ jwt: { secret: '' }, database: { url: '' }, colour: 'red' });
    const user = await auth.services.users.me({ userId: '', sessionId: '' });
    console.log(user.passwordHash);
    auth.config.jwt.issuer = 'other';
  `);
  expect(problems).toEqual([
    expect.stringContaining("Type 'number' is not assignable to type 'string"),
    expect.stringContaining("'colour' does not exist"),
    expect.stringContaining("Property 'passwordHash' does not exist"),
    expect.stringContaining('read-only property'),
  ]);
});

test('an editor shows what an option means, and its default', () => {
  const source = `
    import { createAuthSubgraph } from 'auth-subgraph';
    void createAuthSubgraph({ jwt: { accessTokenExpiration: '5m' }, database: { url: '' }, lockout: { maxAttempts: 3 } });
  `;
  const { file, service } = languageServiceOf(source);
  const shown = (option: string): string => {
    const info = service.getQuickInfoAtPosition(file, source.indexOf(option));
    return [...(info?.documentation ?? []), ...(info?.tags ?? []).flatMap(({ text = [] }) => text)]
      .map(({ text }) => text)
      .join('\n');
  };
  expect(shown('maxAttempts')).toMatch(/wrong passwords[^]*\n5$/);
  expect(shown('accessTokenExpiration')).toMatch(/access token[^]*`m`[^]*\n"15m"$/);
});

type Same<Left, Right> = [Left] extends [Right] ? ([Right] extends [Left] ? true : false) : false;

test('the options that editors show are those that are parsed', () => {
  // Does not compile otherwise.
  const isSame: Same<AuthOptions, OptionsInput> = true;
  expect(isSame).toBe(true);
});

test('an event class that does not say what the audit trail keeps of it does not compile, nor one that keeps a token', () => {
  const problems = problemsOf(`
    import { DomainEvent, type AuthSubgraph, type EventClass, type TrailOf } from 'auth-subgraph';
    class Kept extends DomainEvent {
      static readonly trail: TrailOf<Kept> = ['reason'];
      declare readonly userId: string;
      declare readonly reason: string;
      declare readonly token: string;
    }
    class Undeclared extends DomainEvent {}
    const token: TrailOf<Kept> = ['token'];
    const unknown: TrailOf<Kept> = ['cause'];
    const address: TrailOf<Kept> = ['userId'];
    const events: EventClass[] = [Kept, Undeclared];
  `);
  expect(problems).toHaveLength(4);
  expect(problems.slice(0, 3).join()).toMatch(/"token".*"cause".*"userId"/);
  expect(problems[3]).toContain(`Property 'trail' is missing in type 'typeof Undeclared'`);
});

test('options may be constants, ports may be undefined, and the reasons of events are known', () => {
  const problems = problemsOf(`
    import type { SessionRevoked, SignInFailed, AuthSubgraphOptions, KeySource } from 'auth-subgraph';
    const keys: readonly KeySource[] = ['one', 'another'];
    export const options: AuthSubgraphOptions = {
      jwt: { keys },
      database: { url: 'postgres://localhost/auth' },
      ...{ clock: undefined, hasher: undefined, logger: undefined, metadata: undefined, claimsMetadata: undefined },
    };
    export const isSignOut = ({ reason }: SessionRevoked): boolean => reason === 'LOGGED_OUT' || reason === 'LOGED_OUT';
    export function isKnown(event: SignInFailed): boolean {
      switch (event.reason) {
        case 'INVALID_CREDENTIALS':
        case 'ACCOUNT_LOCKED':
        case 'EMAIL_NOT_VERIFIED':
        case 'TOO_MANY_REQUESTS':
          return true;
        default: {
          const rest: never = event.reason;
          return rest;
        }
      }
    }
  `);
  expect(problems).toEqual([expect.stringContaining('LOGED_OUT')]);
});
