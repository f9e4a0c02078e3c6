import * as z from 'zod';

export const ENVIRONMENT = 'Which rules apply. Production rejects settings that are only suitable for development.';
export const environment = z.enum(
  ['production', 'development', 'test'],
  'must be "production", "development" or "test"',
);

export const environmentOptions = { environment: environment.default('production').describe(ENVIRONMENT) } as const;

export interface EnvironmentConfig {
  readonly environment: 'production' | 'development' | 'test';
}
