import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { build } from 'esbuild';
import { createAuthClient } from '../../packages/client/src/index.js';
import { installPackages, type InstalledProject } from '../support/installed-project.js';
import { ROOT } from '../support/pages.js';

const run = promisify(execFile);
const VITE_PROGRAM = fileURLToPath(import.meta.resolve('vite/package.json')).replace(/package\.json$/, 'bin/vite.js');
const LIBRARIES = ['react', 'react-dom', '@tanstack/react-query', '@types/react', '@types/react-dom'];

/** As `npm create vite` makes it, but the declarations of packages are checked too. */
const VITE = {
  compilerOptions: {
    target: 'ES2022',
    lib: ['ES2022', 'DOM', 'DOM.Iterable'],
    module: 'ESNext',
    moduleResolution: 'bundler',
    moduleDetection: 'force',
    verbatimModuleSyntax: true,
    jsx: 'react-jsx',
    strict: true,
    noUnusedLocals: true,
    noUncheckedSideEffectImports: true,
    skipLibCheck: false,
    noEmit: true,
    types: [],
  },
};

/** As `create-next-app` makes it, with the same difference. */
const NEXT = {
  compilerOptions: {
    target: 'ES2017',
    lib: ['dom', 'dom.iterable', 'esnext'],
    allowJs: true,
    strict: true,
    noEmit: true,
    esModuleInterop: true,
    module: 'esnext',
    moduleResolution: 'bundler',
    resolveJsonModule: true,
    isolatedModules: true,
    jsx: 'preserve',
    skipLibCheck: false,
    types: ['react'],
  },
};

const HOOKS = `
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createAuthClient } from '@auth-subgraph/client';
import { AuthProvider, useAuth, useLogout, useMe } from '@auth-subgraph/client/react';
import { AuthUi, SignIn } from '@auth-subgraph/ui';
import '@auth-subgraph/ui/styles.css';
import { useState, type ReactNode } from 'react';

const auth = createAuthClient({ url: '/graphql', mode: 'cookie' });

export function Providers({ children }: { children: ReactNode }) {
  const [queries] = useState(() => new QueryClient());
  return (
    <QueryClientProvider client={queries}>
      <AuthProvider client={auth}>
        <AuthUi>{children}</AuthUi>
      </AuthProvider>
    </QueryClientProvider>
  );
}

export function Account() {
  const state = useAuth();
  const me = useMe();
  const logout = useLogout();
  if (state.status !== 'signedIn') return <SignIn onDone={({ user }) => console.log(user.email)} />;
  return <button onClick={() => logout.mutate()}>Sign out {me.data?.email ?? state.userId}</button>;
}
`;

let project: InstalledProject;
beforeAll(async () => {
  const { packages } = JSON.parse(await readFile(join(ROOT, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { version: string }>;
  };
  const pinned = LIBRARIES.map((name) => `${name}@${packages[`node_modules/${name}`]?.version ?? 'unknown'}`);
  project = await installPackages(['@auth-subgraph/client', '@auth-subgraph/ui'], pinned);
});
afterAll(() => project.remove());

/** Writes an application into a folder of the project, and returns what the compiler reports. */
async function compile(name: string, files: Readonly<Record<string, string>>, config: object): Promise<string> {
  const all = { ...files, 'styles.d.ts': "declare module '*.css';\n", 'tsconfig.json': JSON.stringify(config) };
  for (const [path, text] of Object.entries(all)) {
    const file = join(project.folder, name, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  const words = [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', join(project.folder, name)];
  return run(process.execPath, words).then(
    ({ stdout }) => stdout,
    (error: unknown) => (error as { stdout: string }).stdout,
  );
}

test('the packages are installed without a warning', () => {
  expect(project.warnings).toBe('');
});

test('a Vite application compiles strictly, and its build has the client, the hooks and the stylesheet', async () => {
  const files = {
    'index.html': '<div id="root"></div><script type="module" src="/src/main.tsx"></script>',
    'src/app.tsx': HOOKS,
    'src/main.tsx': `
import { createRoot } from 'react-dom/client';
import { Account, Providers } from './app';
createRoot(document.getElementById('root')!).render(<Providers><Account /></Providers>);
`,
  };
  expect(await compile('vite-app', files, VITE)).toBe('');
  const root = join(project.folder, 'vite-app');
  await run(process.execPath, [VITE_PROGRAM, 'build', root, '--logLevel', 'error']);
  const assets = await readdir(join(root, 'dist/assets'));
  expect(assets.map((file) => file.replace(/.*\./, '')).sort()).toEqual(['css', 'js']);
  const script = await readFile(join(root, 'dist/assets', assets.find((file) => file.endsWith('.js')) ?? ''), 'utf8');
  expect(script).toContain('query Me{me{');
  // Operations that only servers send.
  expect(script).not.toContain('RefreshWithUser');
});

/** A module that exports a wrapper of each function. */
function wrappers(from: string, names: readonly string[]): string {
  const wrapped = names.map(
    (name) => `export const ${name} = (...a: Parameters<typeof ${from}.${name}>) => ${from}.${name}(...a);`,
  );
  return wrapped.join('\n');
}

async function hooksIn(file: string): Promise<string[]> {
  const text = await readFile(join(ROOT, file), 'utf8');
  return text.match(/(?<=^export (?:const|function) |^export \{[^}]*?)\buse\w+/gm) ?? [];
}

test('a library that wraps the client, its hooks and those of the screens can be compiled to declarations', async () => {
  const members = Object.entries(createAuthClient({ url: 'http://localhost/graphql' }));
  const methods = members.flatMap(([name, value]) => (typeof value === 'function' ? [name] : []));
  const hooks = await hooksIn('packages/client/src/react.ts');
  const forms = await hooksIn('packages/ui/src/index.ts');
  for (const names of [methods, hooks, forms]) expect(names.length).toBeGreaterThan(10);
  const files = {
    'client.ts': `
import { createAuthClient } from '@auth-subgraph/client';
export const auth = createAuthClient({ url: '/graphql' });
${wrappers('auth', methods)}`,
    'hooks.ts': `import * as hooks from '@auth-subgraph/client/react';\n${wrappers('hooks', hooks)}`,
    'forms.ts': `import * as forms from '@auth-subgraph/ui';\n${wrappers('forms', forms)}`,
  };
  const library = { compilerOptions: { ...VITE.compilerOptions, noEmit: false, declaration: true } };
  expect(await compile('library', files, library)).toBe('');
});

describe('a Next.js application', () => {
  test.each(['client/dist/react.js', 'ui/dist/index.js'])('finds the client boundary in %s', async (file) => {
    expect(await readFile(join(ROOT, 'packages', file), 'utf8')).toMatch(/^'use client';\n/);
  });

  const files = {
    'app/providers.tsx': `'use client';\n${HOOKS}`,
    'app/layout.tsx': `
import type { ReactNode } from 'react';
import { Providers } from './providers';
export default function Layout({ children }: { children: ReactNode }) {
  return <html lang="en"><body><Providers>{children}</Providers></body></html>;
}
`,
    'app/page.tsx': `
import type { ServerSession } from '@auth-subgraph/client/server';
import { Account } from './providers';
export default async function Page({ session }: { session: Promise<ServerSession> }) {
  const { user } = await session;
  return <main>{user ? user.firstName : <Account />}</main>;
}
`,
    'middleware.ts': `
import { AuthRequestError } from '@auth-subgraph/client';
import { readSession } from '@auth-subgraph/client/server';
export async function middleware(request: Request): Promise<Response> {
  try {
    const { accessToken, setCookie } = await readSession(request, { url: 'https://api.example.com/graphql', origin: 'https://app.example.com' });
    const headers = new Headers(setCookie.map((cookie): [string, string] => ['set-cookie', cookie]));
    return new Response(null, { status: accessToken === undefined ? 401 : 204, headers });
  } catch (error) {
    return new Response(null, { status: error instanceof AuthRequestError ? 503 : 500 });
  }
}
`,
  };

  test('compiles strictly, with server components that import the entry for servers', async () => {
    expect(await compile('next-app', files, NEXT)).toBe('');
  });

  test('is bundled for servers without React and without the client of pages', async () => {
    const { outputFiles } = await build({
      absWorkingDir: join(project.folder, 'next-app'),
      entryPoints: ['middleware.ts'],
      bundle: true,
      format: 'esm',
      platform: 'neutral',
      conditions: ['react-server', 'edge-light', 'import'],
      write: false,
    });
    const text = outputFiles[0]?.text ?? '';
    expect(text).toContain('RefreshWithUser');
    expect(text).not.toMatch(/useSyncExternalStore|BroadcastChannel|changePassword/);
  });

  test('is bundled for browsers with one copy of the client', async () => {
    const { outputFiles } = await build({
      absWorkingDir: join(project.folder, 'next-app'),
      entryPoints: ['app/providers.tsx'],
      bundle: true,
      format: 'esm',
      jsx: 'automatic',
      external: ['react', 'react/jsx-runtime'],
      outdir: 'out',
      write: false,
    });
    const script = outputFiles.find(({ path }) => path.endsWith('.js'))?.text ?? '';
    expect(script.match(/There is no AuthProvider above/g)).toHaveLength(1);
    expect(outputFiles.some(({ path }) => path.endsWith('.css'))).toBe(true);
  });
});
