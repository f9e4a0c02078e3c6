import * as z from 'zod';
import { flag } from '../platform/options/option-types.js';
import type { ConfigProblem } from '../platform/options/config-error.js';

/** The settings of what the service shows to browsers. */
export const browserSections = {
  explorer: z
    .strictObject({
      enabled: flag
        .optional()
        .describe(
          'Whether `/` shows an explorer for GraphQL to browsers on this machine. If unset, only in development. Production rejects it.',
        ),
    })
    .prefault({}),
} as const;

type BrowserSettings = z.output<z.ZodObject<typeof browserSections>>;

/** Whether these settings show the explorer. */
export function showsExplorer({ environment, explorer }: EnvironmentOf<BrowserSettings>): boolean {
  return explorer.enabled ?? environment === 'development';
}

type EnvironmentOf<Settings> = Settings & { readonly environment: 'production' | 'development' | 'test' };

/** Finds settings that contradict the environment. Missing sections are skipped. */
export function browserContradictions({
  environment,
  explorer,
}: Partial<EnvironmentOf<BrowserSettings>>): ConfigProblem[] {
  if (environment !== 'production' || explorer?.enabled !== true) return [];
  return [{ path: 'explorer.enabled', problem: 'is true, which production refuses; remove it' }];
}
