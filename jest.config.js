/** @type {import('jest').Config} */
export default {
  roots: ['<rootDir>/src', '<rootDir>/packages', '<rootDir>/test'],
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: {
    // Source files import each other as `./name.js`, which is `./name.ts` until it is built.
    '^(\\.{1,2}/.*)\\.js$': '$1',
    '^@auth-subgraph/([\\w-]+)$': '<rootDir>/packages/$1/src/index.ts',
    '^@auth-subgraph/([\\w-]+)/([\\w-]+)$': '<rootDir>/packages/$1/src/$2.ts',
  },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        swcrc: false,
        jsc: {
          target: 'es2023',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: true },
          keepClassNames: true,
        },
        module: { type: 'es6' },
      },
    ],
  },
  globalSetup: '<rootDir>/test/support/global-setup.mjs',
  globalTeardown: '<rootDir>/test/support/global-teardown.mjs',
  reporters: ['default', '<rootDir>/test/support/closing-line-reporter.mjs'],
  maxWorkers: 2,
  // Modules of finished suites stay in memory, which Node.js limits to 4 GB.
  workerIdleMemoryLimit: '1GB',
  // Long enough for a slow machine: only a test that hangs takes as long.
  testTimeout: 300_000,
};
