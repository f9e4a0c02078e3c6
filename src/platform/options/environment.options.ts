import { z } from 'zod';

export const ENVIRONMENT = 'Which rules apply. Production refuses settings that are fit for development only.';
export const environment = z.enum(
  ['production', 'development', 'test'],
  'must be "production", "development" or "test"',
);

export const environmentOptions = { environment: environment.default('production').describe(ENVIRONMENT) } as const;

export interface EnvironmentConfig {
  readonly environment: 'production' | 'development' | 'test';
}
