import { existsSync } from 'node:fs';
import { chmod, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { bundledFolders } from './dependencies/bundled-folders.js';
import { noticesOf } from './dependencies/notices.js';
import { bundlePages } from './pages.js';

/**
 * Bundles the command line in `dist-next` with its dependencies, which starts in less than half the time and memory of two
 * thousand separate modules. Then `dist-next` takes the place of `dist`, which stays whole until then: a running service
 * still loads files from it.
 */

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const BUILD = join(ROOT, 'dist-next');
const FOLDER = join(BUILD, 'cli');
/** Checks the version of Node.js before anything newer is parsed, so it stays a separate file. */
const PROGRAM = 'main.js';
/** Native, optional, or loaded only by code that the service never runs. */
const EXTERNAL = [
  'bcrypt',
  '@auth-subgraph/embedded-postgres',
  'altair-static',
  'pg-native',
  'class-validator',
  '@node-rs/xxhash',
];
/** Compilers for JSON Schema, which no route has and graphql-jit was not asked to use. They are a sixth of the code. */
const LEFT_OUT = /^(fast-json-stringify|@fastify\/(ajv|fast-json-stringify)-compiler)$/;
/** `import` reads every property of a module of Node.js, and that of `http` named `WebSocket` loads a whole HTTP client. */
const SLOW_TO_IMPORT = ['http'];
/** Modules that packages load but the service never uses. Each takes several milliseconds. */
const UNUSED_BUILTINS = ['http2', 'child_process'];

const builtins: Plugin = {
  name: 'builtins',
  setup(bundle) {
    const names = [...SLOW_TO_IMPORT, ...UNUSED_BUILTINS].join('|');
    bundle.onResolve({ filter: new RegExp(`^(node:)?(${names})$`) }, ({ path, kind }) => {
      // The module below has only a default export, so an import would lack the named ones.
      if (kind === 'dynamic-import') return { path, external: true };
      return { path: path.replace(/^node:/, ''), namespace: 'builtin' };
    });
    bundle.onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => {
      const load = `process.getBuiltinModule(${JSON.stringify(path)})`;
      const late = `new Proxy({}, { get: (_target, name) => ${load}[name] })`;
      return { contents: `module.exports = ${UNUSED_BUILTINS.includes(path) ? late : load};` };
    });
  },
};

/**
 * ES modules that some packages import and others require. There must be one instance of each: the functions of graphql do
 * not recognize the classes of another. esbuild would evaluate them later than the file they are in, and a hook for ES
 * modules, such as that of OpenTelemetry, copies the exports of a file before that. So they are files that are only imported.
 */
const ALSO_REQUIRED = new Map([
  ['graphql', 'graphql/index.mjs'],
  ['graphql/error/index.js', 'graphql/error/index.mjs'],
  ['graphql/execution/execute.js', 'graphql/execution/execute.mjs'],
  ['graphql/jsutils/Path.js', 'graphql/jsutils/Path.mjs'],
  ['graphql/utilities/index.js', 'graphql/utilities/index.mjs'],
  ['@graphql-tools/utils', '@graphql-tools/utils/esm/index.js'],
  ['@opentelemetry/api', '@opentelemetry/api/build/esm/index.js'],
]);
const outputOf = (name: string): string => `required-${name.replace(/\W+/g, '-')}`;
const variableOf = (name: string): string => `required_${name.replace(/\W+/g, '_')}`;

const alsoRequired: Plugin = {
  name: 'also-required',
  setup(bundle) {
    bundle.onResolve({ filter: /^(graphql|@graphql-tools\/utils|@opentelemetry\/api)($|\/)/ }, ({ path, kind }) => {
      const file = ALSO_REQUIRED.get(path);
      if (file === undefined) return { errors: [{ text: `${path} might be a second instance of a module.` }] };
      return kind === 'require-call' ? { path, namespace: 'required' } : { path: join(ROOT, 'node_modules', file) };
    });
    bundle.onLoad({ filter: /.*/, namespace: 'required' }, ({ path }) => ({
      contents: `module.exports = ${variableOf(path)};`,
    }));
  },
};

/** Imports the modules that the code of packages in this file requires. */
function withRequired(code: string): string {
  const names = [...ALSO_REQUIRED.keys()].filter((name) => new RegExp(`\\b${variableOf(name)}\\b`).test(code));
  return names.map((name) => `import * as ${variableOf(name)} from "./${outputOf(name)}.js";`).join('') + code;
}

const leftOut: Plugin = {
  name: 'left-out',
  setup(bundle) {
    bundle.onResolve({ filter: LEFT_OUT }, ({ path }) => ({ path, namespace: 'left-out' }));
    bundle.onLoad({ filter: /.*/, namespace: 'left-out' }, ({ path }) => ({
      contents: `module.exports = () => { throw new Error(${JSON.stringify(`${path} is not in the bundle`)}); };`,
    }));
  },
};

/** Apollo Server hashes every document. Without `module.require` it would use an implementation in JavaScript. */
const nativeHash: Plugin = {
  name: 'native-hash',
  setup(bundle) {
    bundle.onResolve({ filter: /^@apollo\/utils\.createhash$/ }, ({ path }) => ({ path, namespace: 'native-hash' }));
    bundle.onLoad({ filter: /.*/, namespace: 'native-hash' }, () => ({
      contents: `module.exports = { createHash: require('crypto').createHash };`,
    }));
  },
};

const NAMES = '__name=(target,value)=>__defProp(target,"name",{value,configurable:!0})';
const NAMES_CLASS = /static\{__name\(this,("[^"]+")\)/g;

/** Keeps the names of classes only: naming a function takes time whenever it is created, even within a request. */
function withUnnamedFunctions(code: string): string {
  return code
    .replace(NAMES, '__name=(target)=>target')
    .replace(NAMES_CLASS, 'static{Object.defineProperty(this,"name",{value:$1,configurable:!0})');
}

const { metafile, outputFiles } = await build({
  absWorkingDir: ROOT,
  entryPoints: [
    { in: join(FOLDER, 'run.js'), out: 'run' },
    ...[...ALSO_REQUIRED].map(([name, file]) => ({ in: join(ROOT, 'node_modules', file), out: outputOf(name) })),
  ],
  outdir: FOLDER,
  bundle: true,
  // Code behind a dynamic import is loaded when it is needed, and code that two commands share exists once.
  splitting: true,
  chunkNames: '[name]-[hash]',
  format: 'esm',
  platform: 'node',
  target: 'node22.17',
  mainFields: ['module', 'main'],
  conditions: ['module'],
  external: EXTERNAL,
  // Of what is not bundled, only modules of Node.js are required.
  banner: { js: 'const require = process.getBuiltinModule;' },
  plugins: [builtins, alsoRequired, leftOut, nativeHash],
  // Events, entities and errors are stored and logged by the names of their classes.
  keepNames: true,
  minifySyntax: true,
  minifyWhitespace: true,
  // The notices are in a separate file.
  legalComments: 'none',
  metafile: true,
  write: false,
});

for (const name of await readdir(FOLDER)) if (name !== PROGRAM) await rm(join(FOLDER, name), { recursive: true });
if (outputFiles.filter(({ text }) => text.includes(NAMES)).length !== 1)
  throw new Error('The helper of esbuild that names functions has changed.');
for (const { path, text } of outputFiles)
  if (/export\{[^}]*\binit_/.test(text))
    throw new Error(`${path} exports values that are set late: see ALSO_REQUIRED.`);
for (const { path, text } of outputFiles) await writeFile(path, withRequired(withUnnamedFunctions(text)));
await writeFile(join(FOLDER, 'THIRD-PARTY-LICENSES.txt'), await noticesOf(ROOT, bundledFolders(metafile)));
await chmod(join(FOLDER, PROGRAM), 0o755);
await bundlePages(join(BUILD, 'pages'));

const current = join(ROOT, 'dist');
const previous = join(ROOT, 'dist-previous');
await rm(previous, { recursive: true, force: true });
if (existsSync(current)) await rename(current, previous);
await rename(BUILD, current);
await rm(previous, { recursive: true, force: true });
