import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

const clockSyntax = [
  {
    selector: 'NewExpression[callee.name="Date"][arguments.length=0], CallExpression[callee.name="Date"]',
    message:
      'Take the time from the Clock (clock.now()), so that a decision uses a single time and tests can control it.',
  },
];

const SQL_CLOCK = String.raw`/\bnow\(\)|current_timestamp|localtimestamp|(clock|statement|transaction)_timestamp/i`;
const sqlClockSyntax = [
  {
    selector: `Literal[value=${SQL_CLOCK}], TemplateElement[value.raw=${SQL_CLOCK}]`,
    message: "Pass clock.now() as a parameter: PostgreSQL's clock would be a second clock in the same decision.",
  },
];

const sessionSyntax = [
  {
    selector: 'TemplateElement[value.raw=/insert\\s+into\\s+auth_session\\b/i]',
    message: 'Hand a Proof to AuthenticationService: no other way in may forget what it checks.',
  },
];

const mathRandom = {
  object: 'Math',
  property: 'random',
  message: 'This is predictable. Take bytes from Random (platform/random.ts).',
};
const dateNow = { object: 'Date', property: 'now', message: 'Take the time from the Clock (clock.now()).' };
const processEnv = {
  object: 'process',
  property: 'env',
  message: 'Only config/env.ts reads the environment; everything else receives its settings.',
};
const processExit = {
  object: 'process',
  property: 'exit',
  message: 'Only cli.ts ends the process, after draining; everything else throws.',
};

const PROCESS_ACCESS = {
  name: 'node:process',
  message: 'Use the global `process`, which the rules for process.env and process.exit check.',
};

const repositorySyntax = [
  {
    selector:
      ':not(CallExpression[callee.name="observed"], CallExpression[callee.property.name="observed"]) > NewExpression[callee.name=/Repository$/]',
    message: 'Write core.observed(new …Repository(…)): otherwise its statements are neither measured nor traced.',
  },
];

export default defineConfig(
  globalIgnores(['**/dist/', 'dist-*/', 'coverage/', 'api-docs/', '**/.data/', 'node_modules/']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
      'max-lines': ['error', { max: 200, skipBlankLines: true, skipComments: true }],
      'no-restricted-properties': ['error', mathRandom],
      '@typescript-eslint/consistent-type-exports': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      // `import { type A }` still loads the module; `import type { A }` does not.
      '@typescript-eslint/no-import-type-side-effects': 'error',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // TypeGraphQL's resolvers and types are classes that consist of decorators.
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    },
  },
  {
    files: ['src/**/*.ts', 'packages/*/src/**/*.{ts,tsx}'],
    rules: {
      'max-lines-per-function': ['error', { max: 40, skipBlankLines: true, skipComments: true }],
      'no-restricted-imports': ['error', { paths: [PROCESS_ACCESS, { ...PROCESS_ACCESS, name: 'process' }] }],
      'no-restricted-properties': ['error', mathRandom, dateNow, processEnv, processExit],
      'no-restricted-syntax': ['error', ...clockSyntax, ...sqlClockSyntax, ...sessionSyntax, ...repositorySyntax],
    },
  },
  {
    files: ['src/core/authentication/authentication.repository.ts'],
    rules: { 'no-restricted-syntax': ['error', ...clockSyntax, ...sqlClockSyntax] },
  },
  {
    files: ['packages/verifier/src/tokens/clock.ts', 'packages/client/src/core/clock.ts'],
    rules: {
      'no-restricted-properties': ['error', mathRandom, processEnv, processExit],
      'no-restricted-syntax': ['error', ...sqlClockSyntax],
    },
  },
  {
    files: ['packages/client/src/graphql/*.ts'],
    rules: {
      'max-lines': 'off',
      '@typescript-eslint/array-type': 'off',
      '@typescript-eslint/consistent-indexed-object-style': 'off',
      '@typescript-eslint/consistent-type-definitions': 'off',
    },
  },
  {
    files: ['src/config/env.ts'],
    rules: { 'no-restricted-properties': ['error', mathRandom, dateNow, processExit] },
  },
  {
    files: ['src/cli/main.ts'],
    rules: { 'no-console': 'off', 'no-restricted-properties': ['error', mathRandom, dateNow, processEnv] },
  },
  {
    files: ['scripts/**', 'examples/**'],
    rules: { 'no-console': 'off' },
  },
  {
    // GraphQL frameworks represent the shape of a result as a class.
    files: ['examples/{own-server,subgraphs}/**'],
    rules: {
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/no-floating-promises': [
        'error',
        { allowForKnownSafeCalls: [{ from: 'package', package: 'node:test', name: 'test' }] },
      ],
    },
  },
  {
    files: ['test/**'],
    rules: {
      'max-lines': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      // A fake port often returns synchronously behind an asynchronous interface.
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    files: ['**/*.{js,cjs,mjs}'],
    extends: [tseslint.configs.disableTypeChecked],
    rules: { 'max-lines': 'off' },
    languageOptions: { globals: { console: 'readonly', module: 'writable', process: 'readonly', URL: 'readonly' } },
  },
);
